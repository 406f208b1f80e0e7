# The same steps as run.py, by the same lock file; tests/test_setup.py holds the two together.
#
#   docker build -t dateline .
#   docker run -p 8000:8000 -v dateline:/data dateline

FROM python:3.13-slim-bookworm AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements/run.txt /requirements/run.txt
RUN python -m venv --without-pip /venv
RUN python -m pip --python /venv/bin/python install --no-compile --require-hashes --retries 2 -r /requirements/run.txt
RUN python -m compileall -q /venv

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data --create-home dateline
COPY --from=packages /venv /venv
COPY app /dateline/app
COPY migrations /dateline/migrations
RUN python -m compileall -q /dateline

ENV PYTHONPATH=/dateline \
    PYTHONUNBUFFERED=1 \
    DATELINE_DATABASE_URL=sqlite:////data/dateline.db
USER dateline
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["/venv/bin/python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/live', timeout=4)"]
ENTRYPOINT ["/venv/bin/python", "-P", "-m", "app"]
CMD ["serve", "--host", "0.0.0.0"]
