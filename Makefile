# The tasks themselves are in tasks.py, which needs no make.
.DEFAULT_GOAL := check

TASKS := setup demo test check format lint types bench differential fuzz fuzz-briefly audit lock build clean
.PHONY: $(TASKS)
$(TASKS):
	@python3 tasks.py $@
