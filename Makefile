# Everything has one obvious command. `make serve ARGS="--port 0"` passes flags on.
BINARY = .build/release/medusa-sandbox
CHECKED = --explicit-target-dependency-import-check error

.PHONY: serve test soak wire hostile crash lives fuzz fuzz-short build docs screens format lint bench memory packages-build packages-test packages-fuzz packages-bench

serve: build
	$(BINARY) serve $(ARGS)

build: packages-build
	swift build -c release --static-swift-stdlib --product medusa-sandbox

test: packages-test
	swift build --build-tests $(CHECKED)
	swift test --skip-build --disable-xctest $(ARGS)

# Two hundred sandboxes, driven at random for a minute, then replayed; and sixteen clients whose 80,000 requests are all in the journal.
soak: packages-test
	swift build --build-tests $(CHECKED)
	MEDUSA_SOAK_SECONDS=60 MEDUSA_JOURNAL_REQUESTS=5000 \
		swift test --skip-build --disable-xctest --filter 'IsolationTests|EndToEnd.*(sixteen|every acknowledged|hundred)'

# The edge at length: 100,000 heads and framings out of RFC 9112's grammar and its near misses, 10,000 connections that end at any moment,
# 100 stops under load.
wire: build packages-test
	swift build --build-tests $(CHECKED)
	MEDUSA_PROGRAM=$(BINARY) MEDUSA_WIRE_REQUESTS=100000 MEDUSA_WIRE_CONNECTIONS=10000 MEDUSA_WIRE_STOPS=100 MEDUSA_WIRE_READER=1 \
		swift test --skip-build --disable-xctest --filter 'Whatever comes over the wire'
# 200,000 right and hostile requests over everything that is declared, with restarts in between. The short run is part of `make test`.
hostile: build packages-test
	swift build --build-tests $(CHECKED)
	MEDUSA_PROGRAM=$(BINARY) MEDUSA_HOSTILE_REQUESTS=200000 \
		swift test --skip-build --disable-xctest --filter 'Hostile values'

# 500 kills at random moments, after each of which everything that was acknowledged must be there; 10 times a full disk; 500 damaged
# databases. The short run is part of `make test`.
crash: build packages-test
	swift build --build-tests $(CHECKED)
	MEDUSA_PROGRAM=$(BINARY) MEDUSA_CRASH_KILLS=500 MEDUSA_CRASH_DISKS=10 MEDUSA_CRASH_DAMAGES=500 \
		swift test --skip-build --disable-xctest --filter 'A server that is killed|A disk that is full|A damaged database'

# 1,000,000 operations over 20,000 lives of leases, after each of which every invariant must hold; and how soon each planted fault is noticed.
lives:
	swift build --build-tests $(CHECKED)
	MEDUSA_LIVES=20000 swift test --skip-build --disable-xctest --filter 'Whatever is done to a lease'

# Schemathesis over everything that the OpenAPI document names: at least 20,000 requests. The short one is CI's.
fuzz: build packages-fuzz
	.build/venv-fuzz/bin/python Tests/Fuzz/fuzz.py $(BINARY) --examples 150 --at-least 20000 $(ARGS)

fuzz-short: packages-fuzz
	swift build
	.build/venv-fuzz/bin/python Tests/Fuzz/fuzz.py .build/debug/medusa-sandbox --examples 5 $(ARGS)

# What is derived from the declarations: the OpenAPI document, a page a section, the schema of scenario files.
docs: packages-build
	swift build
	.build/debug/medusa-sandbox docs Docs

# A picture of each screen of the modal, on a desktop and on a phone.
screens: packages-test
	swift build
	.build/venv/bin/python Tests/Browser/screens.py --serve .build/debug/medusa-sandbox Docs/Screens

format:
	swift format -i -r -p Sources Tests Package.swift

lint:
	swift format lint --strict -r -p Sources Tests Package.swift

bench: build packages-bench
	python3 Tests/Benchmark/bench.py $(BINARY) $(ARGS)

# Ten million requests, and what they do to the sandbox's memory.
memory: build packages-bench
	python3 Tests/Benchmark/memory.py $(BINARY) $(ARGS)

packages-build packages-test packages-fuzz packages-bench:
	.ci/packages $(@:packages-%=%)
