# Everything has one obvious command. `make serve ARGS="--port 0"` passes flags on.
BINARY = .build/release/medusa-sandbox
CHECKED = --explicit-target-dependency-import-check error

.PHONY: serve test soak build format lint bench packages-build packages-test packages-bench

serve: build
	$(BINARY) serve $(ARGS)

build: packages-build
	swift build -c release --static-swift-stdlib --product medusa-sandbox

test: packages-test
	swift build --build-tests $(CHECKED)
	swift test --skip-build --disable-xctest $(ARGS)

# Two hundred sandboxes, driven at random for a minute, then replayed.
soak: packages-test
	swift build --build-tests $(CHECKED)
	MEDUSA_SOAK_SECONDS=60 swift test --skip-build --disable-xctest --filter IsolationTests

format:
	swift format -i -r -p Sources Tests Package.swift

lint:
	swift format lint --strict -r -p Sources Tests Package.swift

bench: build packages-bench
	python3 Tests/Benchmark/bench.py $(BINARY) $(ARGS)

packages-build packages-test packages-bench:
	.ci/packages $(@:packages-%=%)
