# SPDX-License-Identifier: Apache-2.0
# hedui: one file, non-recursive. `make help` lists the targets.
#   O=DIR   where objects go (default build)      V=1  show commands
#   CI=true or WERROR=1  warnings are errors      CC=clang  works as well
O ?= build
PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc
ifeq ($(origin CC),default)
CC := gcc
endif

.PHONY: all build check torture builds demo bench lint asan tsan cov fuzz install manual clean format help test-programs
all: build

comma := ,
# ---- flags: what the compiler takes is probed, flag by flag -------------------------------------
probe = $(shell printf 'int main(void){return 0;}\n' | $(CC) -Werror $(1) -x c -o /dev/null - \
	>/dev/null 2>&1 && echo '$(1)')
PKGS := libcrypto yaml-0.1 libxxhash libutf8proc zlib
ifneq ($(MAKECMDGOALS),clean)
MISSING := $(shell for p in $(PKGS); do pkg-config --exists $$p || echo $$p; done)
ifneq ($(strip $(MISSING)),)
$(error missing libraries: $(MISSING); run ./bootstrap, which installs them)
endif
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS))
PKG_LIBS := $(shell pkg-config --libs $(PKGS))
WARN := -Wall -Wextra -Wpedantic -Wformat=2 -Wconversion -Wshadow -Wvla -Wstrict-prototypes \
	-Wimplicit-fallthrough $(call probe,-Wtrampolines) $(call probe,-Wbidi-chars=any)
HARDEN := $(call probe,-fstack-protector-strong) $(call probe,-fstack-clash-protection) \
	$(call probe,-fcf-protection=full) $(call probe,-ftrivial-auto-var-init=zero) \
	$(call probe,-fno-delete-null-pointer-checks) $(call probe,-fno-strict-overflow) \
	-fvisibility=hidden -fPIE
# zeroing locals costs half of the evaluator where gcc does it by `rep stos`; unrolled stores do not
HARDEN += $(call probe,-mmemset-strategy=unrolled_loop:256:noalign$(comma)libcall:-1:noalign)
HARDEN_LD := -pie $(call probe,-Wl$(comma)-z$(comma)relro$(comma)-z$(comma)now$(comma)-z$(comma)noexecstack) \
	$(call probe,-Wl$(comma)--as-needed)
endif
ifneq ($(filter 1 true,$(WERROR) $(CI)),)
WARN += -Werror
endif
OPT := -O3 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$(if $(filter gcc%,$(notdir $(CC))),3,2)
BASE_CFLAGS = -std=c17 -D_GNU_SOURCE -g -MMD -MP -I. -Iinclude $(WARN) $(PKG_CFLAGS) \
	-ffile-prefix-map=$(CURDIR)=.
ALL_CFLAGS = $(BASE_CFLAGS) $(OPT) $(HARDEN) $(CFLAGS)
ALL_LDFLAGS = $(HARDEN_LD) $(LDFLAGS)
LIBS = $(PKG_LIBS) -lpthread
Q := $(if $(V),,@)

# ---- what there is --------------------------------------------------------------------------------
SRCS := $(sort $(wildcard engine/*/*.c))
LIB_SRCS := $(filter-out engine/cli/main.c,$(SRCS))
TESTS := $(sort $(wildcard tests/unit/*/*_test.c))
# each tests/fuzz/NAME.c is a libFuzzer harness; its kept corpus is tests/fuzz/corpus/NAME
FUZZERS := $(sort $(wildcard tests/fuzz/*.c))
PROGRAMS := $(TESTS:%.c=%) $(FUZZERS:%.c=%_replay)

# tree NAME, extra compile flags, extra link flags: objects, library, program and test programs
define tree
$(1)/%.o: %.c
	@mkdir -p $$(@D)
	$$(if $$(V),,@echo "  CC $$<")
	$$(Q)$$(CC) $$(ALL_CFLAGS) $(2) -c $$< -o $$@
$(1)/libhedui.a: $(LIB_SRCS:%.c=$(1)/%.o)
	@rm -f $$@
	$$(Q)ar rcs $$@ $$^
$(1)/hedui: $(1)/engine/cli/main.o $(1)/libhedui.a
	$$(if $$(V),,@echo "  LD $$@")
	$$(Q)$$(CC) $$(ALL_CFLAGS) $(2) $$(ALL_LDFLAGS) $(3) $$^ $$(LIBS) -o $$@
$(1)/tests/unit/%_test: $(1)/tests/unit/%_test.o $(1)/libhedui.a
	$$(Q)$$(CC) $$(ALL_CFLAGS) $(2) $$(ALL_LDFLAGS) $(3) $$^ $$(LIBS) -lcmocka -o $$@
$(1)/tests/fuzz/%_replay: $(1)/tests/fuzz/%.o $(1)/tests/fuzz/replay/main.o $(1)/libhedui.a
	$$(Q)$$(CC) $$(ALL_CFLAGS) $(2) $$(ALL_LDFLAGS) $(3) $$^ $$(LIBS) -o $$@
$(1)/bench/%: $(1)/bench/%.o $(1)/libhedui.a
	$$(Q)$$(CC) $$(ALL_CFLAGS) $(2) $$(ALL_LDFLAGS) $(3) $$^ $$(LIBS) -o $$@
-include $(SRCS:%.c=$(1)/%.d) $(TESTS:%.c=$(1)/%.d) $(FUZZERS:%.c=$(1)/%.d)
.PRECIOUS: $(1)/%.o
endef
SAN := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
$(eval $(call tree,$(O),,))
$(eval $(call tree,$(O)/fp,-DHEDUI_FAILPOINTS -fno-omit-frame-pointer,))
$(eval $(call tree,$(O)/asan,$(SAN) -DHEDUI_FAILPOINTS,$(SAN)))
$(eval $(call tree,$(O)/tsan,-fsanitize=thread,-fsanitize=thread))
$(eval $(call tree,$(O)/cov,--coverage -O0 -fno-omit-frame-pointer -fprofile-update=atomic -DHEDUI_FAILPOINTS,--coverage))

build: $(O)/hedui
test-programs: $(PROGRAMS:%=$(O)/%)

check: $(O)/hedui $(O)/fp/hedui
	$(Q)$(MAKE) --no-print-directory -k test-programs || true
	$(Q)HEDUI=$(O)/hedui HEDUI_FP_BIN=$(O)/fp/hedui sh tests/run.sh $(O) \
		$(PROGRAMS:%=$(O)/%)

# the long runs of the faults: everything that check tries in part, in full; three hours on two cores
torture: $(O)/hedui $(O)/fp/hedui $(O)/asan/hedui $(O)/tests/unit/index/damage_test \
		$(O)/tests/unit/index/race_test $(O)/asan/tests/unit/index/damage_test
	$(Q)HEDUI=$(O)/hedui HEDUI_FP_BIN=$(O)/asan/hedui HEDUI_ROUNDS=1000 HEDUI_KILLS=1000 \
		HEDUI_ALLOC_STEP=1 HEDUI_PLACES=1000000 HEDUI_SHIM=1 HEDUI_SHIM_STEP=29 HEDUI_PUBLISHES=10000 \
		HEDUI_SEEDS=20 HEDUI_CALLS=1000 INDEPENDENT_CASES=34000 HEDUI_FLOWS="kill memory places keys mend faults independent" \
		sh tests/run.sh $(O) $(O)/tests/unit/index/damage_test $(O)/tests/unit/index/race_test
	$(Q)HEDUI=$(O)/asan/hedui HEDUI_FP_BIN=$(O)/asan/hedui HEDUI_FLOWS="badinput crash" \
		sh tests/run.sh $(O)/asan $(O)/asan/tests/unit/index/damage_test

# the same answers from the builds of two compilers and any number of threads
builds: $(O)/hedui
	$(Q)$(MAKE) --no-print-directory CC=clang O=$(O)/clang $(O)/clang/hedui
	$(Q)GCC_HEDUI=$(O)/hedui CLANG_HEDUI=$(O)/clang/hedui sh tests/builds.sh

asan: $(O)/asan/hedui $(PROGRAMS:%=$(O)/asan/%)
	$(Q)HEDUI=$(O)/asan/hedui HEDUI_FP_BIN=$(O)/asan/hedui HEDUI_FLOWS=smoke \
		sh tests/run.sh $(O)/asan $(PROGRAMS:%=$(O)/asan/%)
tsan: $(O)/tsan/hedui $(PROGRAMS:%=$(O)/tsan/%)
	$(Q)HEDUI=$(O)/tsan/hedui HEDUI_FP_BIN=$(O)/tsan/hedui HEDUI_FLOWS=smoke \
		sh tests/run.sh $(O)/tsan $(PROGRAMS:%=$(O)/tsan/%)
# tests that are about answers, then memory that is refused everywhere; docs/COVERAGE.md tells what both leave
COV_FLOWS ?= smoke conformance coverage properties bounds kinds windows who deliveries order mend replay drop \
	reports report_words diff counter table exact several faulty manual layers auto tuning supporters independent \
	oracle outputs sealed schema pitfalls
COV_OF = gcovr -r . $(O)/cov/engine
cov: $(O)/cov/hedui $(PROGRAMS:%=$(O)/cov/%)
	$(Q)find $(O)/cov -name '*.gcda' -delete
	$(Q)HEDUI=$(O)/cov/hedui HEDUI_FP_BIN=$(O)/cov/hedui HEDUI_FLOWS="$(COV_FLOWS)" \
		sh tests/run.sh $(O)/cov $(PROGRAMS:%=$(O)/cov/%)
	$(Q)$(COV_OF) --txt $(O)/cov/report.txt --json $(O)/cov/report.json && tail -n 3 $(O)/cov/report.txt
	$(Q)HEDUI=$(O)/cov/hedui HEDUI_FP_BIN=$(O)/cov/hedui HEDUI_PLACES=1000000 HEDUI_FLOWS=places \
		sh tests/run.sh $(O)/cov
	$(Q)$(COV_OF) --json $(O)/cov/faults.json && python3 tests/uncovered.py $(O)/cov/report.json $(O)/cov/faults.json

# `make fuzz` builds the harnesses; FUZZ_SECONDS=600 also runs each as long, in FUZZ_ONLY="NAME…" if given.
# What is found goes to $(O)/fuzz/found/NAME, crashes too; tests/fuzz/README.md tells how the corpus is kept.
FUZZ_SECONDS ?= 0
FUZZ_ONLY ?= $(FUZZERS:tests/fuzz/%.c=%)
FUZZ_SAN := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
fuzz:
	$(Q)$(MAKE) --no-print-directory CC=clang O=$(O)/fuzz \
		CFLAGS="$(FUZZ_SAN) -fsanitize=fuzzer-no-link $(CFLAGS)" LDFLAGS="$(FUZZ_SAN) $(LDFLAGS)" \
		$(FUZZ_ONLY:%=$(O)/fuzz/%_fuzz)
	$(Q)[ "$(FUZZ_SECONDS)" -eq 0 ] || sh tests/fuzz/run.sh $(O)/fuzz $(FUZZ_SECONDS) $(FUZZ_ONLY)
$(O)/%_fuzz: $(O)/tests/fuzz/%.o $(O)/libhedui.a
	$(Q)$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer $(ALL_LDFLAGS) $^ $(LIBS) -o $@

lint:
	$(Q)sh tests/lint/lint.sh
format:
	$(Q)for f in $$(find engine tests include -name '*.[ch]' ! -name '*_table.c'); do \
		clang-format -i $$f || echo "$$f: clang-format 14 cannot; see docs/STYLE.md"; done
demo: build
	$(Q)HEDUI=$(O)/hedui sh tests/demo.sh $(O)/demo
# peers are fetched into build/bench/peers on first use: docs/PERFORMANCE.md
bench: build $(O)/bench/rates
	$(Q)python3 bench/fetch.py
	$(Q)HEDUI=$(abspath $(O))/hedui python3 bench/run.py
	$(Q)HEDUI=$(abspath $(O))/hedui python3 bench/run.py --gzip
	$(Q)HEDUI=$(abspath $(O))/hedui python3 bench/warm.py
	$(Q)HEDUI=$(abspath $(O))/hedui python3 bench/rules.py

# the manual page and the completions are printed by the program, from its one table of verbs
MANUAL := man/man1/hedui.1 man/zh_CN/man1/hedui.1 bash-completion/completions/hedui \
	zsh/site-functions/_hedui fish/vendor_completions.d/hedui.fish
manual: $(MANUAL:%=$(O)/share/%)
$(O)/share/%: $(O)/hedui
	@mkdir -p $(@D)
	$(Q)$(O)/hedui help $(help_of) > $@.tmp && mv $@.tmp $@
$(O)/share/man/man1/hedui.1: help_of = --man en
$(O)/share/man/zh_CN/man1/hedui.1: help_of = --man zh
$(O)/share/bash-completion/completions/hedui: help_of = --completion bash
$(O)/share/zsh/site-functions/_hedui: help_of = --completion zsh
$(O)/share/fish/vendor_completions.d/hedui.fish: help_of = --completion fish

install: build manual
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/include/hedui \
		$(DESTDIR)$(PREFIX)/share/hedui $(DESTDIR)$(PREFIX)/share/doc/hedui
	install -m 755 $(O)/hedui $(DESTDIR)$(PREFIX)/bin/hedui
	install -m 644 include/hedui/*.h $(DESTDIR)$(PREFIX)/include/hedui
	cp -R rules adapters $(DESTDIR)$(PREFIX)/share/hedui
	for file in $(MANUAL); do install -D -m 644 $(O)/share/$$file $(DESTDIR)$(PREFIX)/share/$$file; done
	install -m 644 README.md README.zh-CN.md LICENSE docs/*.md $(DESTDIR)$(PREFIX)/share/doc/hedui
clean:
	rm -rf $(O)
help:
	@echo "build check torture builds demo bench lint asan tsan cov fuzz format manual install clean"
