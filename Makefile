# `make test` does all the set-up on a fresh Debian machine with Go and passes everything.
# Nothing here downloads a binary: Chromium comes from apt, playwright-core and axe-core from npm.
export CGO_ENABLED ?= 0
export SVIDOK_DATA ?= $(CURDIR)/../shared/data
GOTESTSUM = go run gotest.tools/gotestsum@v1.13.0 --format pkgname-and-test-fails --hide-summary=skipped

.PHONY: build test check setup browser-setup eval bench crash cross clean race lint train lemmas gazetteer

build:
	go build -trimpath -ldflags '-s -w' -o bin/ ./cmd/svidok ./cmd/svidok-verify

setup: browser-setup
	go mod download

# Chromium for the desk's pages, which node drives; tesseract and pdftoppm for scans. SUDO is empty for root.
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
browser-setup:
	@if ! command -v chromium >/dev/null || ! command -v node >/dev/null || ! command -v npm >/dev/null || ! command -v python3 >/dev/null || ! command -v openssl >/dev/null || ! command -v pdftoppm >/dev/null || ! tesseract --list-langs 2>/dev/null | grep -q ukr; then \
		$(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium nodejs npm python3 openssl fonts-noto-core tesseract-ocr tesseract-ocr-ukr tesseract-ocr-rus poppler-utils >/dev/null; fi
	@cd web/browser && { [ -d node_modules/playwright-core ] && [ -d node_modules/axe-core ] || npm ci --no-audit --no-fund --loglevel=error; }

test: setup check
	$(GOTESTSUM) -- -tags browser -timeout 20m ./...

check: lint
lint:
	@out=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$out" ]; then echo "not gofmt-ed:"; echo "$$out"; exit 1; fi
	go vet -tags 'browser eval bench' ./...
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 -tags 'browser,eval,bench' ./...

# What needs ../shared: scores on labelled texts, foreign fixtures, real channels.
eval:
	@[ -d "$(SVIDOK_DATA)" ] || { echo "make eval: no data at $(SVIDOK_DATA); set SVIDOK_DATA to the folder described in its README"; exit 1; }
	go test -tags eval -count=1 -v -run 'Eval' -timeout 60m ./...

bench:
	go test -tags bench -run xxx -bench . -benchtime 1x -timeout 60m ./...

# kill -9 at random points of an ingest; the test suite runs 25, this as many as asked.
crash:
	SVIDOK_KILLS=$${KILLS:-200} go test -count=1 -v -run TestKilledAnywhere -timeout 60m ./cmd/svidok

# The race detector needs a C compiler; the program does not.
race:
	@command -v gcc >/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq gcc libc6-dev >/dev/null; }
	CGO_ENABLED=1 go test -race -short -timeout 30m ./...

cross:
	@for t in linux/amd64 linux/arm64 windows/amd64 darwin/arm64; do \
		echo "$$t"; GOOS=$${t%/*} GOARCH=$${t#*/} go build -trimpath -ldflags '-s -w' -o /dev/null ./cmd/svidok ./cmd/svidok-verify || exit 1; done

# What the program embeds is made by these; each gives the same bytes from the same input.
train:
	go run ./cmd/svidok-train train -o coding/model.bin labelled/train labelled/held labelled/dev2

lemmas:
	@[ -f /usr/share/hunspell/uk_UA.dic ] && [ -f /usr/share/hunspell/ru_RU.dic ] || { $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq hunspell-uk hunspell-ru >/dev/null; }
	go run ./cmd/svidok-lemmas uk /usr/share/hunspell/uk_UA.aff /usr/share/hunspell/uk_UA.dic words/lemmas/uk.lemmas
	go run ./cmd/svidok-lemmas ru /usr/share/hunspell/ru_RU.aff /usr/share/hunspell/ru_RU.dic words/lemmas/ru.lemmas

gazetteer:
	@[ -d "$(SVIDOK_DATA)" ] || { echo "make gazetteer: no data at $(SVIDOK_DATA); set SVIDOK_DATA"; exit 1; }
	go run ./cmd/svidok-gazetteer $(SVIDOK_DATA)/gazetteer places/data
