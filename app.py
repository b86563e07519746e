"""Groundswell: the table of contents. Every address and every background door is registered here; there is no logic."""

from chalice.app import Chalice

from chalicelib.ballots import api as ballots_api
from chalicelib.batches import api as batches_api
from chalicelib.campaigns import api as campaigns_api
from chalicelib.demand import api as demand_api
from chalicelib.ledger import api as ledger_api
from chalicelib.manufacturing import api as manufacturing_api
from chalicelib.payments import api as payments_api
from chalicelib.plumbing import docs, settings
from chalicelib.preorders import api as preorders_api
from chalicelib.waiting import api as waiting_api

# The gateway's metrics know an API by this name: stages must not share theirs.
app = Chalice(app_name=f"groundswell-{settings.current().stage}")

# What fans, organisers and manufacturers call.
app.register_blueprint(campaigns_api.blueprint)
app.register_blueprint(ballots_api.blueprint)
app.register_blueprint(batches_api.blueprint)
app.register_blueprint(preorders_api.blueprint)
app.register_blueprint(waiting_api.blueprint)
app.register_blueprint(manufacturing_api.blueprint)
app.register_blueprint(demand_api.blueprint)
app.register_blueprint(payments_api.blueprint)
app.register_blueprint(ledger_api.blueprint)
app.register_blueprint(docs.blueprint)

# On Lambda only the API runs this file, and what it never runs it need not load (docs/decisions/0009-cold-start.md).
if not settings.on_lambda():
    from chalicelib import stream
    from chalicelib.accounts import worker as accounts_worker
    from chalicelib.ballots import worker as ballots_worker
    from chalicelib.batches import worker as batches_worker
    from chalicelib.manufacturing import worker as manufacturing_worker
    from chalicelib.payments import worker as payments_worker
    from chalicelib.preorders import worker as preorders_worker
    from chalicelib.waiting import worker as waiting_worker

    # What the table's stream wakes.
    app.register_blueprint(stream.blueprint)

    # What queues and the clock wake.
    app.register_blueprint(ballots_worker.blueprint)
    app.register_blueprint(payments_worker.blueprint)
    app.register_blueprint(preorders_worker.blueprint)
    app.register_blueprint(waiting_worker.blueprint)
    app.register_blueprint(batches_worker.blueprint)
    app.register_blueprint(manufacturing_worker.blueprint)

    # What the user pool tells.
    app.register_blueprint(accounts_worker.blueprint)
