# Everything has one obvious command. `make serve ARGS="--port 0"` passes flags on.
BINARY = .build/release/medusa-sandbox
CHECKED = --explicit-target-dependency-import-check error

SANITIZERS = sanitize-address sanitize-thread

.PHONY: serve test race sanitize $(SANITIZERS) soak wire hostile crash lives fuzz fuzzer fuzz-corpus fuzz-api fuzz-short build docs screens format lint bench memory packages-build packages-test packages-fuzz packages-fuzzer packages-bench

serve: build
	$(BINARY) serve $(ARGS)

build: packages-build
	swift build -c release --static-swift-stdlib --product medusa-sandbox

test: packages-test
	swift build --build-tests $(CHECKED)
	swift test --skip-build --disable-xctest $(ARGS)

# 1,000,000 calls of clients that race each other, every answer of which some order of the calls must explain; and how soon each planted race
# is found.
race: build packages-test
	swift build --build-tests $(CHECKED)
	MEDUSA_PROGRAM=$(BINARY) MEDUSA_RACE_OPERATIONS=1000000 \
		swift test --skip-build --disable-xctest --filter 'Racing clients|A search for an order'

# The short races, and the short proofs of the edge, with a program that looks at each access to memory, and at each one by two threads.
# Not at leaks: LeakSanitizer does not see what Swift keeps in pointers with spare bits set, and takes constants for lost.
sanitize: $(SANITIZERS)

$(SANITIZERS): sanitize-%: packages-test
	swift build --build-tests $(CHECKED)
	swift build --sanitize=$* --scratch-path .build/$* --product medusa-sandbox
	rm -f .build/$*/report.*
	ASAN_OPTIONS=detect_leaks=0:log_path=$(CURDIR)/.build/$*/report TSAN_OPTIONS=log_path=$(CURDIR)/.build/$*/report \
		MEDUSA_PROGRAM=.build/$*/debug/medusa-sandbox \
		swift test --skip-build --disable-xctest --filter 'Racing clients|Whatever comes over the wire'
	! cat .build/$*/report.* 2> /dev/null

# 3,000,000 requests over whole journeys, reads and control calls, and whether memory, descriptors, files and latencies stay as they were.
# Then two hundred sandboxes, driven at random for a minute and replayed; and sixteen clients whose 80,000 requests are all in the journal.
soak: build packages-test
	swift build --build-tests $(CHECKED)
	MEDUSA_PROGRAM=$(BINARY) MEDUSA_SOAK_REQUESTS=3000000 swift test --skip-build --disable-xctest --filter 'A long run'
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

# Every reader of outside bytes under libFuzzer, for so many seconds each (Docs/Security.md). The long form is `make fuzz SECONDS=1800`;
# `ARGS="json yaml"` picks targets, `ARGS="--jobs 2"` runs two at once.
SECONDS = 30
FUZZER = .build/fuzz/release/fuzz
fuzz: fuzzer
	python3 Tests/Fuzz/coverage.py $(FUZZER) --seconds $(SECONDS) $(ARGS)

# Makes the corpus of the repository anew out of what `make fuzz` has found.
fuzz-corpus: fuzzer
	python3 Tests/Fuzz/coverage.py $(FUZZER) --merge $(ARGS)

# gold, which is the default on Debian, stumbles over the instrumented code.
fuzzer: packages-fuzzer
	MEDUSA_FUZZ=1 swift build -c release --scratch-path .build/fuzz --product fuzz \
		-Xswiftc -sanitize=fuzzer -Xswiftc -use-ld=lld

# Schemathesis over everything that the OpenAPI document names: at least 20,000 requests. The short one is CI's.
fuzz-api: build packages-fuzz
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
	python3 Tests/Benchmark/neighbour.py $(BINARY)

# Ten million requests, and what they do to the sandbox's memory.
memory: build packages-bench
	python3 Tests/Benchmark/memory.py $(BINARY) $(ARGS)

packages-build packages-test packages-fuzz packages-fuzzer packages-bench:
	.ci/packages $(@:packages-%=%)
