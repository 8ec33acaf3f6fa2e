"""IAM, enforced: who calls what as which role, and what the policies of the template say to it.

ministack's own evaluator decides (AUTH=true), for each call that carries the credentials of a role. What is here gives tasks, functions,
state machines, rules and schedules the credentials of their role, also where ministack calls itself from the inside, and keeps a ledger.
The deployer (the access key `test`) is an administrator: what it may do is not this project's.
"""
