# One image for pages, sockets, worker, beat, migrations and backups: only the command differs.

FROM python:3.13-slim AS libraries
RUN python -m venv /opt/venv
COPY requirements/run.txt /tmp/run.txt
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps \
    --require-hashes -r /tmp/run.txt


FROM python:3.13-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    BUILD_DIR=/app/build \
    STATIC_ROOT=/app/collected \
    MEDIA_ROOT=/data/media \
    BACKUP_DIR=/data/backups

RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin cohort \
    && install -d -o cohort -g cohort -m 750 /data /data/media /data/backups
COPY --from=libraries /opt/venv /opt/venv
WORKDIR /app
COPY . .

# The settings want their secrets even here; these are used for nothing and not kept.
RUN python -m compileall -q . \
    && export SECRET_KEY=only-while-building DATABASE_URL=postgres://none@127.0.0.1/none DEMO=1 \
    && python manage.py build_assets --skip-checks \
    && python manage.py collectstatic --no-input --skip-checks

USER cohort
VOLUME ["/data"]
EXPOSE 8000

# Replicas and threads: docs/operations.md, "Scale".
CMD ["gunicorn", "config.wsgi", "--config", "python:deploy.pages"]
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-m", "deploy.answers", "http://127.0.0.1:8000/livez"]
