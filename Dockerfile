# One image for every role; the command says which one: `berkas worker scan`, `berkas serve desk`, …
# NOT BUILT where it was written, as there is no container engine.

FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
# Queries are checked against the committed .sqlx, so the build needs no database.
ENV SQLX_OFFLINE=true
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin berkas && cp target/release/berkas /usr/local/bin/berkas

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --home-dir /var/lib/berkas --create-home berkas \
    && install -d -o berkas -g berkas /var/lib/berkas/objects /var/lib/berkas/definitions
COPY --from=build /usr/local/bin/berkas /usr/local/bin/berkas
COPY scripts/container-health /usr/local/bin/container-health
COPY LICENSE /usr/share/doc/berkas/LICENSE

USER berkas
WORKDIR /var/lib/berkas
# Inside a container everybody who may reach it comes from outside; what is published is decided where it is run.
ENV BERKAS_HTTP__LISTEN=0.0.0.0:8080 \
    BERKAS_HTTP__OBSERVE_LISTEN=0.0.0.0:9464
EXPOSE 8080 9464
# SIGTERM drains: cancel, finish the chunk in hand, publish what is due, close. Give it worker.drain_s and a little more.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=6s --start-period=20s --retries=3 CMD ["container-health"]
ENTRYPOINT ["berkas"]
CMD ["all"]
