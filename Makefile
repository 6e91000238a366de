# Anvesh: make alone lists the targets.

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
BUILD   := go build -trimpath -ldflags "-X main.version=$(VERSION)" -o bin/anvesh ./cmd/anvesh

SHELL := bash
.SHELLFLAGS := -o pipefail -c

.PHONY: help
help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## the program: bin/anvesh
	@$(BUILD)

.PHONY: demo
demo: build ## everything in one process with made-up records: broker, service, page, three searches
	@bin/anvesh demo $(ARGS)

.PHONY: test
test: ## all tests, with a summary
	@go test -timeout 15m ./...

.PHONY: check
check: ## formatting, vet, staticcheck and the tests under the race detector
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "run gofmt -w on these"; exit 1; }
	@go vet ./...
	@go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...
	@go test -race -timeout 25m ./...

.PHONY: test-kafka test-kafka-one
test-kafka: test-kafka-one ## beside a real Apache Kafka (Java 17, Maven): the client on one node; a broker of three killed in a load
	@bench/kafka.sh 3 go test ./cmd/anvesh -run RealKafka -count 1 -v
test-kafka-one: ## the one-node part of it
	@bench/kafka.sh 1 go test ./indexer/kafka -run RealKafka -count 1 -v

.PHONY: test-page
test-page: ## the page in a real Chromium (Debian's chromium and fonts-noto-core), checked by axe-core (npm); screenshots of every state in bench/out/page
	@command -v npm >/dev/null || ls bench/out/axe-core-*.js >/dev/null 2>&1 || printf '\n%s\n\n' '*** THE PAGE IS NOT CHECKED BY AXE-CORE: no npm is here (apt-get install npm). ***'
	@ANVESH_BROWSER=1 go test ./query/web/browser -count 1 -timeout 20m $(if $(ONLY),-run '$(ONLY)')

.PHONY: screenshots
screenshots: ## the two pictures of the page in the README, of made-up records in a real Chromium
	@ANVESH_BROWSER=1 ANVESH_SHOTS=../page/screens go test ./query/web/browser -count 1 -run '^TestScreens$$'

.PHONY: crash
crash: ## the real program killed KILLS times (default 20; 500 take about ten minutes); SEED repeats a run
	@go test ./cmd/anvesh -run '^TestCrash$$' -count 1 -v -timeout 0 | grep -v -- '--- PASS\|=== RUN'

.PHONY: bench
bench: build ## everything measured in one run beside stock Bleve, into bench/out: RECORDS (1,000,000), DURATION (10s), SEED, ARGS
	@bin/anvesh bench report --records $(or $(RECORDS),1000000) --duration $(or $(DURATION),10s) --seed $(or $(SEED),1) --out bench/out $(ARGS)

.PHONY: bench-go
bench-go: ## what single steps cost, by the benchmarks of the packages
	@go test -run '^$$' -bench '$(STEPS)' -benchmem ./bench ./query/... ./indexer/... ./storage

.PHONY: bench-audit
bench-audit: ## the log of who asked what: entries a second and how long they wait, and what it leaves of the throughput of searches
	@go test -run '^$$' -bench Append -benchtime 30000x ./query/audit
	@go test -run '^$$' -bench AuditedSearch -benchtime 20x ./cmd/anvesh

.PHONY: bench-compare
bench-compare: ## the same at REF (default main) and here, COUNT times in turn (default 6), compared
	@STEPS='$(STEPS)' bench/compare.sh '$(or $(REF),main)' '$(or $(COUNT),6)'

STEPS ?= Ingest|Search|Read|Parse|Fold|Update

.PHONY: bench-ingest
bench-ingest: build ## 200,000 updates of cases with all their forms; memory, check, the same answers after a restart
	@bench/ingest.sh

.PHONY: quality
quality: ## how well a small seeded set is found, compared with the golden files; UPDATE=1 accepts a change
	@go test ./bench -count=1 -run Quality -v $(if $(UPDATE),-update)

.PHONY: fuzz
fuzz: ## every fuzz target, each for its share of MINUTES (default 10)
	@bench/fuzz.sh $(or $(MINUTES),10)

.PHONY: sim
sim: ## SEEDS simulated runs of a hundred steps (default 10,000), after the planted faults were found
	@SEEDS=$(or $(SEEDS),10000) SEED=$(SEED) go test ./bench -run Simulation -count 1 -v -timeout 120m

.PHONY: faults
faults: ## FLIPS flipped bits and FAULTS damaged files in copies of real directories, UNDER flipped bits under an open store (default 1,000 each)
	@UNDER=$(or $(UNDER),1000) FLIPS=$(or $(FLIPS),1000) FAULTS=$(or $(FAULTS),1000) SEED=$(SEED) go test ./cmd/anvesh -run 'Flips|FileFaults' -count 1 -v -timeout 120m

.PHONY: backup-check
backup-check: ## a backup under load, restored: SEARCHES searches compared (default 1,000)
	@SEARCHES=$(or $(SEARCHES),1000) go test ./cmd/anvesh -run BackupUnderLoad -count 1 -v

.PHONY: size
size: ## lines of code and tests, longest files and functions, held against the house's budgets
	@go test ./cmd/anvesh -run '^TestSize$$' -count 1 -v

.PHONY: mutants
mutants: ## N (default 100) places of the code broken on purpose, each to be noticed by a test; SEED draws, ONLY names files
	@go run ./bench/mutants -n $(or $(N),100) -seed $(or $(SEED),1) -only '$(ONLY)'

.PHONY: clean
clean: ## what make made
	@rm -rf bin bench/out
