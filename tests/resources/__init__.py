def offered(page, name) -> list[str]:
    """What a facet of the library's page can be narrowed to, in words."""
    facets = [*page.context["facets"], *page.context["more_facets"]]
    return next(
        [words for _value, words in facet.choices] for facet in facets if facet.name == name
    )
