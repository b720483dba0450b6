# Every target is a step of dev.py; without make: python3 dev.py STEP. Arguments: make test ARGS="tests/members -k form"
.PHONY: run test test-postgres check fix lock messages clean

run test test-postgres check fix lock messages clean:
	@python3 dev.py $@ $(ARGS)
