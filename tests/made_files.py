"""Real files, good and bad, made by the libraries that write them."""

import io
import struct
import zipfile
import zlib

import docx
import openpyxl
import pptx
from PIL import Image, PngImagePlugin
from reportlab.pdfgen.canvas import Canvas

MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"


def pdf(text: str = "Memorandum of understanding") -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=True)
    canvas.drawString(72, 720, text)
    canvas.save()
    return out.getvalue()


def docx_file(text: str = "Purpose statement") -> bytes:
    document, out = docx.Document(), io.BytesIO()
    document.add_paragraph(text)
    document.save(out)
    return out.getvalue()


def xlsx(rows: tuple = (("Employer", "Seats"), ("Harbor Works", 12))) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def pptx_file() -> bytes:
    show, out = pptx.Presentation(), io.BytesIO()
    show.slides.add_slide(show.slide_layouts[0]).shapes.title.text = "Year one"
    show.save(out)
    return out.getvalue()


def odt(kind: str = "text", extra: tuple = ()) -> bytes:
    parts = [
        ("mimetype", f"application/vnd.oasis.opendocument.{kind}"),
        ("content.xml", "<office:document-content/>"),
        *((name, "") for name in extra),
    ]
    return archive(parts)


def archive(parts: list[tuple[str, str | bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts:
            packed.writestr(name, content)
    return out.getvalue()


def repacked(data: bytes, changes: dict[str, bytes]) -> bytes:
    """The same archive with parts changed or added."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    return archive(list({**parts, **changes}.items()))


def with_macros() -> bytes:
    data = docx_file()
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        types = packed.read("[Content_Types].xml").decode()
    plain = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    assert plain in types
    return repacked(data, {"[Content_Types].xml": types.replace(plain, MACROS).encode()})


def bomb(size: int = 128 * 1024 * 1024) -> bytes:
    """A workbook with one part that unpacks to `size` zeros."""
    return repacked(xlsx(), {"xl/worksheets/sheet2.xml": bytes(size)})


def overlapping_bomb(copies: int = 200) -> bytes:
    """Every entry of its table of contents points to the same packed bytes."""
    data = archive([("[Content_Types].xml", bytes(100_000))])
    end = data.rindex(b"PK\x05\x06")
    start = struct.unpack("<L", data[end + 16 : end + 20])[0]
    entries = data[start:end] * copies
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, copies, copies, len(entries), start, 0)
    return data[:start] + entries + tail


# ---------------------------------------------------------------- pictures


def photo(kind: str = "JPEG", orientation: int = 1) -> bytes:
    """A picture that says where, when and with what it was taken."""
    image = Image.new("RGB", (40, 30), "teal")
    image.putpixel((0, 0), (255, 0, 0))
    exif = Image.Exif()
    exif[0x010F] = "SpyCam"
    exif[0x0132] = "2026:11:02 10:00:00"
    exif[0x0112] = orientation
    exif.get_ifd(0x8825).update({1: "N", 2: (39.0, 17.0, 25.0), 3: "W", 4: (76.0, 36.0, 44.0)})
    out = io.BytesIO()
    options = {"comment": b"SpyCam owner"} if kind == "JPEG" else {}
    image.save(out, kind, exif=exif, xmp=b"<x:xmpmeta>SpyCam</x:xmpmeta>", **options)
    return out.getvalue()


def png_with_words() -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "SpyCam")
    words.add_itxt("Comment", "SpyCam", zip=True)
    exif = Image.Exif()
    exif[0x010F] = "SpyCam"
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "PNG", pnginfo=words, exif=exif, dpi=(72, 72))
    return out.getvalue()


def animated_gif() -> bytes:
    frames = [Image.new("RGB", (40, 30), color) for color in ("red", "green", "blue")]
    out = io.BytesIO()
    frames[0].save(
        out, "GIF", save_all=True, append_images=frames[1:], loop=0, comment=b"SpyCam", duration=80
    )
    return out.getvalue()


def animated_webp() -> bytes:
    frames = [Image.new("RGB", (40, 30), color) for color in ("red", "green", "blue")]
    exif = Image.Exif()
    exif[0x010F] = "SpyCam"
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], exif=exif.tobytes())
    return out.getvalue()


def huge_png(width: int = 30_000, height: int = 30_000) -> bytes:
    """A few bytes that claim to be nine hundred million pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">L", len(body)) + name + body + struct.pack(">L", zlib.crc32(name + body))
        )

    header = struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


def endless_pdf(pages: int = 100_000, *, packed: bool = False) -> bytes:
    """A small PDF that claims very many pages, all of them the same one."""
    kids = b" ".join([b"3 0 R"] * pages)
    tree = b"<</Type/Pages/Count %d/Kids[" % pages + kids + b"]>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    if not packed:
        return b"".join([
            b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj", tree,
            b"endobj\n3 0 obj", page, b"endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
        ])  # fmt: skip
    catalog = b"<</Type/Catalog/Pages 2 0 R>>"
    table = b"1 0 2 %d 3 %d " % (len(catalog), len(catalog) + len(tree))
    stream = zlib.compress(table + catalog + tree + page)
    start = b"%PDF-1.5\n"
    head = b"4 0 obj<</Type/ObjStm/N 3/First %d/Filter/FlateDecode/Length %d>>stream\n" % (
        len(table), len(stream),
    )  # fmt: skip
    objects = start + head + stream + b"\nendstream endobj\n"
    rows = [(0, 0, 255), (2, 4, 0), (2, 4, 1), (2, 4, 2), (1, len(start), 0), (1, len(objects), 0)]
    entries = b"".join(struct.pack(">BIB", *row) for row in rows)
    where = b"5 0 obj<</Type/XRef/Size 6/W[1 4 1]/Root 1 0 R/Length %d>>stream\n" % len(entries)
    end = b"\nendstream endobj\nstartxref\n%d\n%%%%EOF" % len(objects)
    return objects + where + entries + end
