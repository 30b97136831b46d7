# Thin: everything is in tasks.py, which needs no make.
PYTHON ?= python3

.PHONY: run test test-all lint lock clean
run test test-all lint lock clean:
	@$(PYTHON) tasks.py $@
