"""What IAM decides for the roles of tasks, functions, schedules and state machines: each grant is needed, and a denial has AWS's words."""
import contextlib
import json
import unittest

from local_aws.__main__ import apply_all
from local_aws.roles import ecs_calls, function_roles, ledger, state_machine_roles, target_roles, task_roles
from local_aws.roles.service_role import AccessDenied, ServiceRole
from ministack.core import iam_actions, iam_evaluator
from ministack.services import ecs, iam, kms, lambda_svc, secretsmanager, sqs, stepfunctions

ACCOUNT = "000000000000"
CLUSTER = f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/shop"
TASK_DEFINITION = f"arn:aws:ecs:us-east-1:{ACCOUNT}:task-definition/nightly:1"
SECRET = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:key-AbCdEf"
LOGS = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/shop:*"
REPOSITORY = f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/shop"
IMAGE = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/shop:1"

EXECUTION = [
    {"Effect": "Allow", "Action": ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"], "Resource": REPOSITORY},
    {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
    {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": LOGS},
    {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": SECRET},
]
CONTAINER = {
    "name": "flask-app", "image": IMAGE, "secrets": [{"name": "KEY", "valueFrom": f"{SECRET}:current::"}],
    "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/shop", "awslogs-stream-prefix": "web"}},
}
SCHEDULE = [
    {"Effect": "Allow", "Action": "ecs:RunTask", "Resource": TASK_DEFINITION, "Condition": {"ArnEquals": {"ecs:cluster": CLUSTER}}},
    {"Effect": "Allow", "Action": "iam:PassRole", "Resource": f"arn:aws:iam::{ACCOUNT}:role/Task",
     "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}},
    {"Effect": "Allow", "Action": "ecs:TagResource", "Resource": f"arn:aws:ecs:us-east-1:{ACCOUNT}:task/shop/*"},
]
RUN_TASK = {"cluster": CLUSTER, "taskDefinition": TASK_DEFINITION, "propagateTags": "TASK_DEFINITION"}


def setUpModule():
    apply_all()


class RoleTest(unittest.TestCase):
    def role(self, name, service, statements, condition=None):
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}, **({"Condition": condition} if condition else {})}
        iam._roles[name] = {
            "RoleName": name, "RoleId": f"AROA{name}", "AssumeRolePolicyDocument": json.dumps({"Statement": [trust]}),
            "InlinePolicies": {"Policy": json.dumps({"Statement": statements})}, "AttachedPolicies": [],
        }
        self.addCleanup(iam._roles.pop, name, None)
        return f"arn:aws:iam::{ACCOUNT}:role/{name}"

    def without(self, statements, left_out):
        return statements[:left_out] + statements[left_out + 1:]

    @contextlib.contextmanager
    def denied(self, *parts, error=AccessDenied):
        with self.assertRaises(error) as caught:
            yield
        for part in parts:
            self.assertIn(part, str(caught.exception))


class TrustTest(RoleTest):
    def test_only_the_service_that_the_role_trusts_assumes_it(self):
        arn = self.role("Trusted", "ecs-tasks.amazonaws.com", [])
        ServiceRole(arn, "ecs-tasks.amazonaws.com")
        with self.denied(f"User: scheduler.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: {arn}"):
            ServiceRole(arn, "scheduler.amazonaws.com")

    def test_a_condition_on_the_account_is_looked_at(self):
        for account, allowed in ((ACCOUNT, True), ("111111111111", False)):
            arn = self.role("Guarded", "scheduler.amazonaws.com", [], {"StringEquals": {"aws:SourceAccount": account}})
            with contextlib.nullcontext() if allowed else self.denied("sts:AssumeRole"):
                ServiceRole(arn, "scheduler.amazonaws.com")

    def test_a_condition_on_the_source_is_looked_at(self):
        source = f"arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule-group/default"
        arn = self.role("Sourced", "scheduler.amazonaws.com", [], {"ArnLike": {"aws:SourceArn": source}})
        ServiceRole(arn, "scheduler.amazonaws.com", source)
        with self.denied("sts:AssumeRole"):
            ServiceRole(arn, "scheduler.amazonaws.com", source.replace("default", "other"))

    def test_a_role_that_is_gone_is_not_assumed(self):
        with self.denied("sts:AssumeRole"):
            ServiceRole(f"arn:aws:iam::{ACCOUNT}:role/Gone", "ecs-tasks.amazonaws.com")


class CallTest(RoleTest):
    def test_a_denial_has_the_words_of_aws(self):
        role = ServiceRole(self.role("Silent", "ecs-tasks.amazonaws.com", []), "ecs-tasks.amazonaws.com", "arn:aws:ecs:r:a:task/shop/abc")
        with self.denied(f"User: arn:aws:sts::{ACCOUNT}:assumed-role/Silent/abc is not authorized to perform: s3:GetObject on resource: "
                         "arn:aws:s3:::bucket/key because no identity-based policy allows the s3:GetObject action"):
            role.require("s3:GetObject", "arn:aws:s3:::bucket/key")

    def test_an_explicit_deny_wins_and_is_named(self):
        statements = [{"Effect": effect, "Action": "s3:*", "Resource": "*"} for effect in ("Allow", "Deny")]
        role = ServiceRole(self.role("Torn", "ecs-tasks.amazonaws.com", statements), "ecs-tasks.amazonaws.com")
        with self.denied("with an explicit deny in an identity-based policy"):
            role.require("s3:GetObject", "arn:aws:s3:::bucket/key")

    def test_calls_count_as_sent_by_tls(self):
        deny = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
        role = ServiceRole(self.role("Tls", "ecs-tasks.amazonaws.com", [{"Effect": "Allow", "Action": "*", "Resource": "*"}, deny]),
                           "ecs-tasks.amazonaws.com")
        role.require("s3:GetObject", "arn:aws:s3:::bucket/key")


class RunTaskTest(RoleTest):
    def setUp(self):
        ecs._clusters["shop"] = {"clusterName": "shop", "clusterArn": CLUSTER}
        ecs._task_defs["nightly:1"] = {"taskDefinitionArn": TASK_DEFINITION, "taskRoleArn": f"arn:aws:iam::{ACCOUNT}:role/Task"}
        self.addCleanup(ecs._task_defs.pop, "nightly:1")
        self.addCleanup(ecs._clusters.pop, "shop")

    def scheduler(self, statements):
        return ServiceRole(self.role("Schedule", "scheduler.amazonaws.com", statements), "scheduler.amazonaws.com")

    def test_the_three_grants_suffice(self):
        self.scheduler(SCHEDULE).require_run_task(RUN_TASK)

    def test_each_of_them_is_needed(self):
        for index, action in enumerate(("ecs:RunTask", "iam:PassRole", "ecs:TagResource")):
            with self.subTest(action), self.denied(f"no identity-based policy allows the {action} action"):
                self.scheduler(self.without(SCHEDULE, index)).require_run_task(RUN_TASK)

    def test_another_cluster_is_denied(self):
        ecs._clusters["other"] = {"clusterName": "other"}
        self.addCleanup(ecs._clusters.pop, "other")
        with self.denied("ecs:RunTask"):
            self.scheduler(SCHEDULE).require_run_task({**RUN_TASK, "cluster": "other"})

    def test_a_family_without_revision_is_its_newest_definition(self):
        self.assertEqual(ecs_calls.resource("RunTask", {"taskDefinition": "nightly:1"}), TASK_DEFINITION)

    def test_the_resource_of_a_call_is_the_task_or_the_service(self):
        self.assertEqual(ecs_calls.resource("StopTask", {"cluster": "shop", "task": "abc"}), f"arn:aws:ecs:us-east-1:{ACCOUNT}:task/shop/abc")
        self.assertEqual(ecs_calls.resource("UpdateService", {"cluster": CLUSTER, "service": "web"}),
                         f"arn:aws:ecs:us-east-1:{ACCOUNT}:service/shop/web")
        self.assertEqual(ecs_calls.keys("ListTasks", {"cluster": "shop"}), {"ecs:cluster": CLUSTER})


class ExecutionRoleTest(RoleTest):
    def prepare(self, statements):
        arn = self.role("Execution", "ecs-tasks.amazonaws.com", statements)
        task_roles._prepare(ServiceRole(arn, "ecs-tasks.amazonaws.com"), {"containerDefinitions": [CONTAINER]}, "abc")

    def test_what_the_template_grants_suffices(self):
        self.prepare(EXECUTION)

    def test_each_statement_is_needed_and_its_loss_is_said_as_fargate_does(self):
        said = (
            "CannotPullECRContainerError: AccessDeniedException: User: arn:aws:sts::",
            "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth",
            "failed to create Cloudwatch log stream: AccessDeniedException: User: arn:aws:sts::",
            f"unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret {SECRET} from secrets manager: "
            "AccessDeniedException: User: arn:aws:sts::",
        )
        for index, words in enumerate(said):
            with self.subTest(words), self.denied(words, error=task_roles.CannotStart):
                self.prepare(self.without(EXECUTION, index))

    def test_without_a_role_nothing_is_pulled(self):
        with self.denied("the task definition has no execution role", error=task_roles.CannotStart):
            task_roles._prepare(None, {"containerDefinitions": [CONTAINER]}, "abc")

    def test_a_task_role_that_ecs_cannot_assume_keeps_the_task_from_starting(self):
        arn = self.role("Lambdas", "lambda.amazonaws.com", [])
        with self.denied(f"ECS was unable to assume the role '{arn}' that was provided for this task", error=task_roles.CannotStart):
            task_roles._assume(arn, {"taskArn": "arn:aws:ecs:us-east-1:0:task/shop/abc"})


class TargetTest(RoleTest):
    QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:failed"

    def setUp(self):
        self.put = []
        original, target_roles._put = target_roles._put, lambda *message: self.put.append(message)
        self.addCleanup(setattr, target_roles, "_put", original)

    def fire(self, statements):
        role = self.role("Starter", "scheduler.amazonaws.com", statements)
        target = {"Arn": f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:m", "RoleArn": role, "DeadLetterConfig": {"Arn": self.QUEUE}}
        reached = []
        invoke = target_roles._as_its_role(lambda *_arguments: reached.append(target))
        invoke(target, {"Source": "aws.scheduler"}, {"Name": "nightly", "Target": target})
        return reached

    def test_a_schedule_that_may_reaches_its_target(self):
        self.assertTrue(self.fire([{"Effect": "Allow", "Action": "states:StartExecution", "Resource": "*"}]))
        self.assertEqual(self.put, [])

    def test_what_it_may_not_reach_goes_to_the_dead_letter_queue(self):
        self.assertFalse(self.fire([{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": self.QUEUE}]))
        [(queue, _body, attributes)] = self.put
        self.assertEqual(queue, self.QUEUE)
        self.assertIn("no identity-based policy allows the states:StartExecution action", attributes["ERROR_MESSAGE"])

    def test_that_too_takes_a_grant(self):
        self.assertFalse(self.fire([]))
        self.assertEqual(self.put, [])

    def test_a_rule_reaches_a_queue_whose_policy_lets_it(self):
        rule = {"Name": "failed", "Arn": f"arn:aws:events:us-east-1:{ACCOUNT}:rule/failed"}
        asked = []
        original, sqs.queue_policy_allows = sqs.queue_policy_allows, lambda *arguments: asked.append(arguments)
        self.addCleanup(setattr, sqs, "queue_policy_allows", original)
        reached = []
        target_roles._as_its_role(lambda *_arguments: reached.append(1))({"Arn": self.QUEUE}, {"Source": "aws.ecs"}, rule)
        self.assertEqual(reached, [])
        self.assertEqual(asked, [(self.QUEUE, "events.amazonaws.com", rule["Arn"], ACCOUNT)])


class LogsTest(unittest.TestCase):
    def resource(self, action, **body):
        headers = {"x-amz-target": f"Logs_20140328.{action}"}
        return iam_actions.extract_resource_arn("logs", "POST", "/", headers, json.dumps(body).encode(), {}, "us-east-1", ACCOUNT)

    def test_the_resource_is_the_stream_as_a_grant_on_the_group_names_it(self):
        group = LOGS.removesuffix(":*")
        self.assertEqual(self.resource("GetLogEvents", logGroupName="/shop", logStreamName="web/1"), f"{group}:log-stream:web/1")
        self.assertEqual(self.resource("DescribeLogStreams", logGroupName="/shop"), f"{group}:log-stream:")
        self.assertTrue(iam_evaluator.fnmatch_iam_cs(self.resource("GetLogEvents", logGroupName="/shop", logStreamName="web/1"), LOGS))


class KeyTest(RoleTest):
    def secret(self, name, policy):
        key = json.loads(kms._create_key({"Policy": json.dumps({"Statement": policy})})[2])["KeyMetadata"]["Arn"]
        arn = json.loads(secretsmanager._create_secret({"Name": name, "SecretString": "s", "KmsKeyId": key})[2])["ARN"]
        self.addCleanup(secretsmanager._secrets.pop, name, None)
        return key, arn

    def read(self, secret, key, *actions):
        statements = [{"Effect": "Allow", "Action": action, "Resource": secret if action.startswith("secrets") else key} for action in actions]
        ServiceRole(self.role("Reader", "ecs-tasks.amazonaws.com", statements), "ecs-tasks.amazonaws.com").require("secretsmanager:GetSecretValue", secret)

    def test_a_secret_with_a_key_of_its_own_needs_the_key_too(self):
        of_account = [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}]
        key, secret = self.secret("with-key", of_account)
        self.read(secret, key, "secretsmanager:GetSecretValue", "kms:Decrypt")
        with self.denied("Access to KMS is not allowed"):
            self.read(secret, key, "secretsmanager:GetSecretValue")

    def test_and_the_policy_of_the_key_has_to_delegate(self):
        key, secret = self.secret("closed", [])
        with self.denied("Access to KMS is not allowed"):
            self.read(secret, key, "secretsmanager:GetSecretValue", "kms:Decrypt")


class StateMachineTest(RoleTest):
    """As the machine, whose role has these statements."""

    def as_machine(self, statements):
        role = self.role("Machine", "states.amazonaws.com", statements)
        token = state_machine_roles._machine.set({"roleArn": role, "stateMachineArn": f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:m"})
        self.addCleanup(state_machine_roles._machine.reset, token)

    def test_a_function_takes_a_grant(self):
        function = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:check"
        original, lambda_svc._get_func_record_for_ref = lambda_svc._get_func_record_for_ref, lambda _ref: ({}, {"FunctionArn": function}, "check")
        self.addCleanup(setattr, lambda_svc, "_get_func_record_for_ref", original)
        call = state_machine_roles._if_its_role_allows(lambda _ref, _event: "called")
        self.as_machine([{"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": function}])
        self.assertEqual(call("check", {}), "called")
        self.as_machine([])
        with self.assertRaises(stepfunctions._ExecutionError) as caught:
            call("check", {})
        self.assertEqual(caught.exception.error, "Lambda.AWSLambdaException")
        self.assertIn("no identity-based policy allows the lambda:InvokeFunction action", caught.exception.cause)

    def test_a_task_takes_a_grant(self):
        run = state_machine_roles._if_its_role_allows_to_run(lambda _resource, _parameters: "run")
        self.as_machine([{"Effect": "Allow", "Action": "ecs:RunTask", "Resource": "*"}])
        self.assertEqual(run("ecs:runTask", {"Cluster": "shop", "TaskDefinition": "nightly"}), "run")
        self.as_machine([])
        with self.assertRaises(stepfunctions._ExecutionError) as caught:
            run("ecs:runTask", {"Cluster": "shop", "TaskDefinition": "nightly"})
        self.assertEqual(caught.exception.error, "ECS.AccessDeniedException")

    def test_what_ecs_refuses_it_refuses_a_state_machine_too(self):
        ecs._task_defs["old:1"] = {"taskDefinitionArn": TASK_DEFINITION, "family": "old", "revision": 1, "status": "INACTIVE"}
        self.addCleanup(ecs._task_defs.pop, "old:1")
        self.as_machine([{"Effect": "Allow", "Action": "ecs:RunTask", "Resource": "*"}])
        run = state_machine_roles._if_its_role_allows_to_run(lambda _resource, _parameters: "run")
        with self.assertRaises(stepfunctions._ExecutionError) as caught:
            run("ecs:runTask", {"Cluster": "shop", "TaskDefinition": "old:1"})
        self.assertEqual((caught.exception.error, caught.exception.cause.partition(" (")[0]), ("ECS.ClientException", "TaskDefinition is inactive"))

    def test_so_does_a_call_of_the_sdk_on_the_service_that_it_names(self):
        headers = {"x-amz-target": "AmazonEC2ContainerServiceV20141113.UpdateService", "host": "ecs.us-east-1.amazonaws.com",
                   "authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ecs/aws4_request"}
        call = state_machine_roles._if_the_caller_may(lambda *_arguments: (200, {}, b"{}"))
        for resource, status in (("web", 200), ("other", 403)):
            self.as_machine([{"Effect": "Allow", "Action": "ecs:UpdateService", "Resource": f"arn:aws:ecs:us-east-1:{ACCOUNT}:service/shop/{resource}"}])
            answer = call(None, "POST", "/", headers, json.dumps({"cluster": "shop", "service": "web", "forceNewDeployment": True}), {})
            self.assertEqual(answer[0], status, answer)


class FunctionTest(RoleTest):
    def test_a_role_that_lambda_cannot_assume_is_refused(self):
        create = function_roles._if_lambda_may_assume(lambda *_arguments: "made")
        self.assertEqual(create("Check", {"Role": self.role("Good", "lambda.amazonaws.com", [])}, "Shop"), "made")
        with self.denied("The role defined for the function cannot be assumed by Lambda.", error=ValueError):
            create("Check", {"Role": self.role("Bad", "ecs-tasks.amazonaws.com", [])}, "Shop")

    def test_a_log_is_written_by_a_role_that_may(self):
        written = []
        emit = function_roles._if_its_role_may(lambda function: written.append(function["FunctionName"]))
        grant = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": LOGS}
        for name, statements in (("silent", []), ("loud", [grant])):
            role = self.role(name, "lambda.amazonaws.com", statements)
            emit({"FunctionName": name, "Role": role, "LoggingConfig": {"LogGroup": "/shop"}})
        self.assertEqual(written, ["loud"])


class LedgerTest(RoleTest):
    def test_a_grant_that_no_call_used_is_listed(self):
        arn = self.role("Generous", "ecs-tasks.amazonaws.com", [{"Effect": "Allow", "Action": ["sqs:SendMessage", "sqs:Purge*"], "Resource": "*"}])
        ledger._note_grants()
        ServiceRole(arn, "ecs-tasks.amazonaws.com").require("sqs:SendMessage", "*")
        report = ledger.report()
        self.assertIn({"role": "Generous", "action": "sqs:Purge*"}, report["unused"])
        self.assertNotIn({"role": "Generous", "action": "sqs:SendMessage"}, report["unused"])
        self.assertIn({"role": "Generous", "action": "sqs:SendMessage", "decision": "allowed", "calls": 1}, report["decisions"])
