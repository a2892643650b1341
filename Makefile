# Copyright (c) 2026 The vmtime.linux authors
# SPDX-License-Identifier: GPL-3.0-or-later

PYTHON ?= python3
# A venv is right for one Python, one folder and one set of pins: its stamps carry all three.
STATE := $(shell { $(PYTHON) -V; pwd; cat requirements/*; } 2>&1 | cksum | cut -d' ' -f1)

on = $(filter-out 0 no false,$(1))
PLAYBOOK_OPTIONS = \
	$(if $(INVENTORY),-i $(INVENTORY),-i localhost$(,) -c local -e ansible_python_interpreter=$(CURDIR)/.venv/bin/python) \
	$(if $(MODE),-e timesync_mode=$(MODE)) \
	$(if $(call on,$(CHECK)),--check --diff) \
	$(EXTRA)
, := ,

export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/.venv/collections:$(or $(ANSIBLE_COLLECTIONS_PATH),~/.ansible/collections)
export LC_ALL := C.UTF-8
export PYTHON

# check=1 must not be a real run
$(if $(or $(check),$(mode),$(inventory),$(extra)),$(error the variables CHECK, MODE, INVENTORY and EXTRA are in capitals))

.PHONY: help apply quick check hosts test matrix tools test-fuzz test-vm bench bench-pause format pins clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 13
	@echo
	@echo 'make apply takes  CHECK=1             show what would change, change nothing'
	@echo '                  MODE=host_only      default, host_only or external'
	@echo '                  INVENTORY=FILE      those hosts instead of this one'
	@echo '                  EXTRA="-e a=b ..."  more options for ansible-playbook'
	@echo 'make bench takes  RUNS=7              runs on one host'
	@echo '                  LINUX_SYSTEM_ROLES_TIMESYNC=PATH, GEERLINGGUY_NTP=PATH'
	@echo '                                      these roles too'
	@echo 'make bench-pause takes  BENCH="--guests 2 --pause 28 --setup fast", or --runs 0 to measure nothing'
	@echo 'the tests take    ONLY="mypy units"   only the checks whose names hold one of these words'

apply: .venv/apply-$(STATE) ## set this machine's time synchronization up, or an inventory's
	@.venv/bin/ansible-playbook $(PLAYBOOK_OPTIONS) vmtime.linux.apply

quick check hosts test matrix: .venv/test-$(STATE)
	@cd tests && $(CURDIR)/.venv/bin/python -m checks $@ $(ONLY)

quick: ## types, ruff, and the units that start no programs: for every save
check: ## lint, types, documentation, units: two minutes
hosts: ## the molecule scenarios
test: ## everything
matrix: ## the names of the checks, as JSON, for machines that share them
tools: .venv/test-$(STATE) ## what the checks need, in .venv

test-fuzz: .venv/test-$(STATE) ## 10,000 hostile inputs per family of options: about ten minutes
	@.venv/bin/python -m pytest -p no:cacheprovider --hypothesis-profile thorough tests/fuzz

bench: .venv/test-$(STATE) ## what a host costs, against the least that Ansible can do with one
	@cd tests && $(CURDIR)/.venv/bin/python -m bench --output $(CURDIR)/docs \
		$(if $(RUNS),--runs $(RUNS)) \
		$(if $(LINUX_SYSTEM_ROLES_TIMESYNC),--linux-system-roles-timesync $(abspath $(LINUX_SYSTEM_ROLES_TIMESYNC))) \
		$(if $(GEERLINGGUY_NTP),--geerlingguy-ntp $(abspath $(GEERLINGGUY_NTP)))
	@.venv/bin/python tests/docs/sizes.py

test-vm: .venv/test-$(STATE) ## a virtual machine, its modes, pauses and boots: about half an hour
	@.venv/bin/python -m pytest -p no:cacheprovider --verbose tests/vm

bench-pause: .venv/test-$(STATE) ## measure the recovery from pauses anew: many hours, goes on where it was
	@PYTHONPATH=.venv/collections .venv/bin/python -m ansible_collections.vmtime.linux.tests.vm.bench $(BENCH)
	@PYTHONPATH=.venv/collections .venv/bin/python -m ansible_collections.vmtime.linux.tests.vm.report

format: .venv/test-$(STATE) ## bring the Python code into the form that check wants
	@.venv/bin/ruff check --fix-only --quiet
	@.venv/bin/ruff format

pins: ## pin anew what the pinned tools bring along
	@requirements/pin

clean: ## remove what the other targets made
	rm -rf .venv .ansible .hypothesis .mypy_cache .pytest_cache .ruff_cache tests/output

.venv/apply-$(STATE):
	@requirements/install apply $(STATE)

.venv/test-$(STATE): | .venv/apply-$(STATE)
	@requirements/install test $(STATE)
