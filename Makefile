# Every target is a step of dev.py; without make: python3 dev.py STEP. Arguments: make test ARGS="tests/members -k form"
.PHONY: run test test-postgres check fix lock messages clean bench

run test test-postgres check fix lock messages clean:
	@python3 dev.py $@ $(ARGS)

# On PostgreSQL (BENCH_DATABASE_URL), alone on the machine: docs/performance.md.
bench:
	@python3 dev.py install --dev
	@.venv/bin/python bench/run.py $(ARGS)
