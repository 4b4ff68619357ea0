# Thin on purpose: each line can be typed by hand. What the scripts do is written at their top.
.PHONY: help demo test bench bench-scan faults fuzz corpora check services-up services-down test-services

help:           ## list these targets
	@sed -n 's/^\([a-z-]*\): *## /\1\t/p' Makefile | expand -t 16

demo:           ## a morning of 21 kecamatan on this machine; DEMO_EXIT=1 ends it after the summary
	scripts/demo

test:           ## every test, on private RabbitMQ and PostgreSQL
	scripts/install-deps tests
	scripts/with-services test --fast -- scripts/cargo-test --workspace

bench:          ## the whole chain against the bare broker, pika and Celery (PostgreSQL with fsync); a page check; the rules
	scripts/install-deps tests bench
	SQLX_OFFLINE=true PYTHONPATH=$(CURDIR)/.run/tools/bench scripts/with-services bench -- cargo bench -p berkas-tests --bench chain -- $(PARTS)
	$(if $(PARTS),,cargo run --release --quiet -p berkas-rules --example speed)

bench-scan:     ## speed and exactness of the page normaliser; PARTS: skew again orientation border legibility content spreads memory speed
	scripts/install-deps scan-peers
	cargo run --release -p berkas-imaging --example accuracy -- $(PARTS)

faults:         ## the full fault matrix, on classic and quorum queues
	scripts/install-deps tests
	scripts/with-services faults --fast -- scripts/cargo-test -p berkas-tests -- --include-ignored

fuzz:           ## fuzz targets guided by coverage, then random pages and exchanges; BERKAS_FUZZ_SECONDS for each (default 60)
	scripts/fuzz $(TARGETS)
	$(if $(TARGETS),,scripts/cargo-test --release -p berkas-imaging -p berkas-normalizer fuzz:: -- --ignored)

corpora:        ## the page normaliser over other projects' test files, whole and broken
	cargo build --release --bin berkas
	scripts/malformed-corpora

check:          ## format, lints, dependencies, drift, scripts, alert rules
	scripts/check

services-up:    ## private RabbitMQ and PostgreSQL in .run/dev, for work by hand
	scripts/install-deps services
	scripts/services up
	@echo 'now: eval "$$(scripts/services env)"'

services-down:  ## stop every private server of this checkout
	scripts/services down --all

test-services:  ## tests of scripts/services itself: kill, wipe, a cluster that loses a node
	scripts/install-deps tests
	scripts/test-services
