"""Requests are counted by target group, and a deployment is rolled back by an alarm that goes off while it is under way."""
import asyncio
import time
import unittest
import unittest.mock

from local_aws import deployment_alarms, load_balancer_metrics
from local_aws.__main__ import apply_all
from ministack.core.responses import StreamingResponse
from ministack.services import alb, cloudwatch, ecs

BALANCER = "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/shop/1"
GROUP = "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/shop/2"


def setUpModule():
    apply_all()


class CountTest(unittest.TestCase):
    def counted(self, proxy, idle="60"):
        """What is recorded of one request."""
        async def dispatch(_lb):
            return await load_balancer_metrics._within_the_idle_timeout(proxy)({}, {"TargetGroupArn": GROUP})

        recorded = []
        with unittest.mock.patch.object(cloudwatch, "record_metric", lambda _namespace, name, _value, _unit, of: recorded.append((name, *of.values()))), \
                unittest.mock.patch.object(alb, "_lb_attr", lambda *_: idle):
            answer = asyncio.run(load_balancer_metrics._counted(dispatch)({"LoadBalancerArn": BALANCER}))
        return answer[0], recorded

    def test_an_answer_of_the_app_is_that_of_its_target_group(self):
        async def answers(*_):
            return 200, {}, StreamingResponse(None)

        self.assertEqual(self.counted(answers), (200, [
            ("RequestCount", "app/shop/1"), ("RequestCount", "app/shop/1", "targetgroup/shop/2"),
            ("HTTPCode_Target_2XX_Count", "app/shop/1"), ("HTTPCode_Target_2XX_Count", "app/shop/1", "targetgroup/shop/2"),
        ]))

    def test_a_target_that_hangs_is_504_of_the_load_balancer_and_of_no_target_group(self):
        async def hangs(*_):
            await asyncio.sleep(60)

        self.assertEqual(self.counted(hangs, idle="0.05"), (504, [
            ("RequestCount", "app/shop/1"), ("RequestCount", "app/shop/1", "targetgroup/shop/2"), ("HTTPCode_ELB_5XX_Count", "app/shop/1"),
        ]))


class DeploymentTest(unittest.TestCase):
    def setUp(self):
        self.old = {"id": "old", "status": "ACTIVE", "rolloutState": "COMPLETED", "taskDefinition": "shop:1"}
        self.new = {"id": f"new-{time.monotonic()}", "status": "PRIMARY", "rolloutState": "IN_PROGRESS", "taskDefinition": "shop:2"}
        self.service = {
            "serviceName": "shop", "taskDefinition": "shop:2", "desiredCount": 1, "events": [], "deployments": [self.new, self.old],
            "deploymentConfiguration": {"alarms": {"alarmNames": ["errors"], "enable": True, "rollback": True}},
        }
        for name in ("_reconcile_service_tasks", "_schedule_service_deployment_completion"):
            patch = unittest.mock.patch.object(ecs, name)
            patch.start()
            self.addCleanup(patch.stop)
        self.addCleanup(lambda: cloudwatch._alarms.pop("errors", None))

    def look(self, state):
        cloudwatch._alarms["errors"] = {"AlarmName": "errors", "StateValue": state}
        deployment_alarms._look_at("default/shop", self.service)
        cloudwatch._alarms.pop("errors", None)

    def test_an_alarm_that_goes_off_rolls_it_back(self):
        self.look("OK")
        self.assertEqual(self.new["rolloutState"], "IN_PROGRESS")
        self.look("ALARM")
        self.assertEqual((self.new["rolloutState"], self.new["status"]), ("FAILED", "ACTIVE"))
        self.assertIn("alarm detected: errors", self.new["rolloutStateReason"])
        self.assertEqual((self.old["status"], self.service["taskDefinition"]), ("PRIMARY", "shop:1"))

    def test_an_alarm_that_was_on_before_does_not(self):
        self.look("ALARM")
        self.look("ALARM")
        self.assertEqual(self.new["rolloutState"], "IN_PROGRESS")

    def test_without_rollback_it_fails_and_stays(self):
        self.service["deploymentConfiguration"]["alarms"]["rollback"] = False
        self.look("OK")
        self.look("ALARM")
        self.assertEqual((self.new["rolloutState"], self.new["status"]), ("FAILED", "PRIMARY"))
        self.assertEqual(self.service["taskDefinition"], "shop:2")

    def test_a_first_deployment_has_nothing_to_go_back_to(self):
        self.service["deployments"] = [self.new]
        self.look("OK")
        self.look("ALARM")
        self.assertEqual(self.new["rolloutState"], "IN_PROGRESS")

    def test_it_is_complete_once_the_bake_time_is_over(self):
        completed = []
        finish = deployment_alarms._after_the_bake_time(lambda *arguments: completed.append(arguments))
        task = {"group": "service:shop", "lastStatus": "RUNNING", "_startup_stable": True, "_deployment_id": self.new["id"]}
        with unittest.mock.patch.object(deployment_alarms, "_BAKE_SECONDS", 0.2), \
                unittest.mock.patch.dict(ecs._services._data), unittest.mock.patch.dict(ecs._tasks._data):
            ecs._services["default/shop"] = self.service
            ecs._tasks["task"] = task
            finish("default", "default/shop")
            self.assertEqual(completed, [])
            time.sleep(0.5)
            self.assertEqual(completed, [("default", "default/shop")])
