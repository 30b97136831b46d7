# Thin: everything is in tasks.py, which needs no make.
PYTHON ?= python3

.PHONY: run test test-all lint format lock clean
run test test-all lint format lock clean:
	@$(PYTHON) tasks.py $@
