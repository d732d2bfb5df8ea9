# Both commands of Stampede; a container runs the one that it is given.
#
#   docker build -t otlp-stampede .
#   docker run --rm otlp-stampede telemetry-sender --help

FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY common common
COPY generator generator
COPY sender sender
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.12-slim
COPY constraints.txt /tmp/constraints.txt
COPY --from=build /wheels /tmp/wheels
RUN pip install --no-cache-dir --constraint /tmp/constraints.txt /tmp/wheels/*.whl \
    && rm -r /tmp/wheels /tmp/constraints.txt
# Volumes mounted here take over the owner.
RUN useradd --uid 10001 --create-home stampede \
    && install --directory --owner=stampede --group=stampede /templates /reports
USER stampede
WORKDIR /home/stampede
CMD ["telemetry-sender", "--help"]
