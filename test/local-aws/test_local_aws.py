"""What local_aws makes of a call, without an emulator that runs. That ministack calls it, the end-to-end tests show."""
import unittest

from local_aws import custom_resources, drift, functions, record_sets, schedules, service_tasks
from ministack.services import cloudformation, cloudwatch_logs, ecs, route53

TARGET = {
    "Arn": "arn:aws:ecs:us-east-1:000000000000:cluster/shop",
    "RoleArn": "arn:aws:iam::000000000000:role/schedule",
    "Input": '{"containerOverrides": [{"name": "flask-app", "command": ["flask", "report"]}]}',
    "EcsParameters": {
        "TaskDefinitionArn": "arn:aws:ecs:us-east-1:000000000000:task-definition/nightly:3",
        "TaskCount": 2,
        "CapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT", "Weight": 1}],
        "NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["subnet-1"], "AssignPublicIp": "ENABLED"}},
        "PropagateTags": "TASK_DEFINITION",
    },
}


class ScheduleTest(unittest.TestCase):
    def test_a_target_is_the_run_task_that_it_stands_for(self):
        request = schedules.run_task_of(TARGET)
        self.assertEqual(request, {
            "cluster": TARGET["Arn"],
            "taskDefinition": TARGET["EcsParameters"]["TaskDefinitionArn"],
            "count": 2,
            "startedBy": "chronos-schedule",
            "capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}],
            "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": "ENABLED"}},
            "propagateTags": "TASK_DEFINITION",
            "overrides": {"containerOverrides": [{"name": "flask-app", "command": ["flask", "report"]}]},
        })

    def test_the_api_shows_a_target_of_a_template_so_that_it_can_be_sent_back(self):
        shown = schedules._as_in_the_api(TARGET)["EcsParameters"]
        self.assertEqual(shown["NetworkConfiguration"], {"awsvpcConfiguration": {"Subnets": ["subnet-1"], "AssignPublicIp": "ENABLED"}})
        self.assertEqual(shown["CapacityProviderStrategy"], [{"capacityProvider": "FARGATE_SPOT", "weight": 1}])
        self.assertEqual(schedules.run_task_of({**TARGET, "EcsParameters": shown}), schedules.run_task_of(TARGET))


class CustomResourceTest(unittest.TestCase):
    def test_the_patience_of_the_local_aws_is_not_a_property(self):
        seen = {}
        invoke = custom_resources._with_timeout(lambda _type, _id, props: seen.update(props))
        invoke("Create", "Run", {"Name": "a"})
        self.assertEqual(seen["ServiceTimeout"], 120)
        self.assertEqual(custom_resources._of_the_template(dict)(seen), {"Name": "a"})

    def test_the_templates_own_is(self):
        seen = {}
        invoke = custom_resources._with_timeout(lambda _type, _id, props: seen.update(props))
        invoke("Create", "Run", {"ServiceTimeout": "900"})
        self.assertEqual(custom_resources._of_the_template(dict)(seen), {"ServiceTimeout": "900"})

    def test_what_could_not_be_created_is_deleted_by_the_id_that_it_gave(self):
        calls = []

        def invoke(request_type, _logical_id, _props, _name, stack_id, _type, physical_id=None):
            calls.append((request_type, physical_id))
            if request_type == "Create":
                answer = {"Status": "FAILED", "StackId": stack_id, "LogicalResourceId": "Run", "PhysicalResourceId": "run-1"}
                custom_resources._with_id(lambda *_: True)("token", answer)
                raise RuntimeError("exit code 1")

        with self.assertRaisesRegex(RuntimeError, "exit code 1"):
            custom_resources._deleted_after_failure(invoke)("Create", "Run", {}, "Shop", "arn:stack", "Custom::Run")
        self.assertEqual(calls, [("Create", None), ("Delete", "run-1")])


class FunctionTest(unittest.TestCase):
    def test_a_log_group_that_is_gone_stays_gone(self):
        written = []
        emit = functions._to_a_group_that_is_there(lambda *rest: written.append(rest))
        emit({"config": {"LoggingConfig": {"LogGroup": "/of/the/template"}}}, "request", "text", False, 1)
        self.assertEqual(written, [])
        cloudwatch_logs._log_groups["/of/the/template"] = {}
        self.addCleanup(cloudwatch_logs._log_groups.pop, "/of/the/template")
        emit({"config": {"LoggingConfig": {"LogGroup": "/of/the/template"}}}, "request", "text", False, 1)
        emit({"config": {}}, "request", "text", False, 1)
        self.assertEqual(len(written), 2)


class DriftTest(unittest.TestCase):
    ARN = "arn:aws:ecs:us-east-1:1:service/Shop/Web"
    TEMPLATE = {"TaskDefinition": {"Ref": "Task"}, "ServiceName": "Web"}

    def setUp(self):
        ecs._services["Shop/Web"] = {"status": "ACTIVE", "taskDefinition": "web:2", "desiredCount": 3}
        self.addCleanup(ecs._services.pop, "Shop/Web")
        record = {"ResourceType": "AWS::ECS::Service", "PhysicalResourceId": self.ARN, "Properties": {"TaskDefinition": "web:1"}}
        self.stack = {"_resources": {"Service": record}, "_template": {"Resources": {"Service": {"Properties": dict(self.TEMPLATE)}}}}
        cloudformation._stacks["Shop"] = self.stack
        self.addCleanup(cloudformation._stacks.pop, "Shop")

    def test_a_service_is_read_as_the_template_has_it(self):
        self.assertEqual(drift._read_service(self.ARN, {}), {"TaskDefinition": "web:2", "DesiredCount": 3})
        self.assertIsNone(drift._read_service(f"{self.ARN}2", {}))

    def test_a_change_set_that_reverts_compares_with_what_is_there(self):
        create = drift._from_what_is_there(lambda params: dict(self.stack["_template"]["Resources"]["Service"]["Properties"]))
        self.assertEqual(create({"StackName": ["Shop"]}), self.TEMPLATE)
        self.assertEqual(create({"StackName": ["Shop"], "DeploymentMode": ["REVERT_DRIFT"]}), {**self.TEMPLATE, "TaskDefinition": "web:2"})

    def test_the_image_of_a_hotswap_has_the_host_of_aws(self):
        data = {"containerDefinitions": [{"image": "1.dkr.ecr.us-east-1.127.0.0.1/shop:1"}, {"image": "public.ecr.aws/nginx:1"}]}
        registered = drift._with_the_host_of_aws(lambda same: [container["image"] for container in same["containerDefinitions"]])(data)
        self.assertEqual(registered, ["1.dkr.ecr.us-east-1.amazonaws.com/shop:1", "public.ecr.aws/nginx:1"])


class RunTaskTest(unittest.TestCase):
    def test_the_same_token_starts_one_task(self):
        started = []
        run = service_tasks._once_for_each_token(lambda data: started.append(data) or (200, {}, f"task {len(started)}".encode()))
        answers = [run({"clientToken": token} if token else {})[2] for token in ("a", "a", "b", None, None)]
        self.assertEqual(answers, [b"task 1", b"task 1", b"task 2", b"task 3", b"task 4"])


class RecordSetsTest(unittest.TestCase):
    ALIAS = {"DNSName": "dualstack.Shop-1.elb.amazonaws.com", "HostedZoneId": "Z2"}

    def setUp(self):
        route53._zones["Z1"] = {"id": "Z1", "name": "example.com."}
        route53._records["Z1"] = []

    def tearDown(self):
        del route53._zones["Z1"], route53._records["Z1"]

    def group(self, *names):
        return {"HostedZoneId": "Z1", "RecordSets": [{"Name": name, "Type": "A", "AliasTarget": self.ALIAS} for name in names]}

    def names(self):
        return [record["Name"] for record in route53._records["Z1"]]

    def test_a_group_is_made_whole_or_not_at_all(self):
        record_sets._create("Records", self.group("shop.example.com."), "Shop")
        with self.assertRaisesRegex(ValueError, "already exists"):
            record_sets._create("Records", self.group("blog.example.com.", "shop.example.com."), "Blog")
        self.assertEqual(self.names(), ["shop.example.com."])

    def test_a_group_changes_in_place(self):
        physical_id, _ = record_sets._create("Records", self.group("shop.example.com.", "a.example.com."), "Shop")
        record_sets._update(physical_id, self.group("shop.example.com.", "a.example.com."), self.group("shop.example.com.", "b.example.com."), "Shop")
        self.assertEqual(sorted(self.names()), ["b.example.com.", "shop.example.com."])
        record_sets._delete(physical_id, self.group("shop.example.com.", "b.example.com."))
        self.assertEqual(self.names(), [])

    def test_a_name_leads_to_the_load_balancer_of_its_alias(self):
        record_sets._create("Records", self.group("shop.example.com."), "Shop")
        self.assertEqual(record_sets._target_of("Shop.example.com:443"), "shop-1.elb.amazonaws.com")
        self.assertEqual(record_sets._target_of("blog.example.com"), "")


if __name__ == "__main__":
    unittest.main()
