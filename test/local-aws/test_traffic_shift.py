"""A new version gets its share of the requests step by step, an alarm takes it back, and a task that fails its check is replaced."""
import time
import unittest
import unittest.mock

from local_aws import clock, deployment_alarms, service_targets, target_health, traffic_shift, unhealthy_tasks
from local_aws.__main__ import apply_all
from ministack.services import ecs

BLUE, GREEN = "arn:target-group/blue", "arn:target-group/green"
CANARY = {"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 5, "canaryBakeTimeInMinutes": 10}, "bakeTimeInMinutes": 15}


def setUpModule():
    apply_all()


class StepsTest(unittest.TestCase):
    def test_of_each_strategy(self):
        linear = {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 40, "stepBakeTimeInMinutes": 6}, "bakeTimeInMinutes": 1}
        for configuration, expected in (
            (CANARY, [(5, 10), (100, 15)]), (linear, [(40, 6), (80, 6), (100, 1)]), ({"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 2}, [(100, 2)]),
        ):
            with self.subTest(configuration["strategy"]):
                self.assertEqual(traffic_shift.steps(configuration), expected)

    def test_a_minute_lasts_as_long_as_it_is_said(self):
        with unittest.mock.patch.object(clock, "_OF_DEPLOYMENTS", 5.0), unittest.mock.patch.object(clock, "_OF_ALARMS", 5.0):
            self.assertEqual([traffic_shift.share_after(seconds, CANARY) for seconds in (0, 49, 51, 500)], [5, 5, 100, 100])
            self.assertEqual(clock.of_alarms(300), 25)
        self.assertEqual((clock.of_alarms(300), clock.of_deployments(10)), (300, 10))


class ServiceTest(unittest.TestCase):
    def setUp(self):
        for store in (ecs._services, traffic_shift._group_of, traffic_shift._up_since):
            store.clear()
        entry = {"targetGroupArn": BLUE, "containerPort": 3000, "advancedConfiguration": {"alternateTargetGroupArn": GREEN}}
        self.old = {"id": "old", "status": "ACTIVE", "rolloutState": "COMPLETED", "taskDefinition": "shop:1"}
        self.new = {"id": "new", "status": "PRIMARY", "rolloutState": "IN_PROGRESS", "taskDefinition": "shop:2"}
        self.service = {
            "serviceName": "shop", "status": "ACTIVE", "taskDefinition": "shop:2", "desiredCount": 1, "events": [], "loadBalancers": [entry],
            "deployments": [self.new, self.old], "deploymentConfiguration": CANARY,
        }
        ecs._services["default/shop"] = self.service
        self.addCleanup(ecs._services.clear)

    def group_of(self, deployment):
        return service_targets.load_balancers_of(self.service, {"_deployment_id": deployment["id"]})[0]["targetGroupArn"]

    def chosen(self, number):
        with unittest.mock.patch("random.random", lambda: number):
            return traffic_shift._choose(BLUE)

    def test_the_tasks_of_a_new_version_are_in_the_other_group(self):
        self.assertEqual((self.group_of(self.old), self.group_of(self.new)), (BLUE, GREEN))

    def test_it_gets_its_share_once_it_is_up(self):
        self.group_of(self.new)
        self.assertEqual((self.chosen(0.01), traffic_shift._choose(GREEN)), (BLUE, GREEN))
        traffic_shift._up_since["new"] = time.monotonic()
        self.assertEqual((self.chosen(0.049), self.chosen(0.051)), (GREEN, BLUE))
        traffic_shift._up_since["new"] = time.monotonic() - 11
        self.assertEqual(self.chosen(0.99), GREEN)

    def test_the_next_one_is_in_the_first_group_again(self):
        self.group_of(self.new)
        self.new["rolloutState"] = "COMPLETED"
        self.assertEqual(self.chosen(0.99), GREEN)
        third = {"id": "third", "status": "PRIMARY", "rolloutState": "IN_PROGRESS", "taskDefinition": "shop:3"}
        self.service["deployments"] = [third, {**self.new, "status": "ACTIVE"}]
        self.assertEqual(self.group_of(third), BLUE)
        self.assertEqual(traffic_shift._choose(GREEN), BLUE)
        self.assertEqual(self.chosen(0.01), GREEN)

    def test_after_a_rollback_all_go_to_the_old_version(self):
        self.group_of(self.new)
        traffic_shift._up_since["new"] = time.monotonic()
        self.chosen(0.5)
        self.service["deploymentConfiguration"] = {**CANARY, "alarms": {"alarmNames": ["errors"], "enable": True, "rollback": True}}
        with unittest.mock.patch.object(ecs, "_reconcile_service_tasks"), unittest.mock.patch.object(ecs, "_schedule_service_deployment_completion"):
            deployment_alarms._fail("default/shop", self.service, self.new, ["errors"])
        self.assertEqual((self.old["rolloutState"], self.chosen(0.01)), ("IN_PROGRESS", BLUE))

    def test_a_rolling_service_has_one_group(self):
        self.service["deploymentConfiguration"] = {"strategy": "ROLLING"}
        self.assertEqual((self.group_of(self.new), self.chosen(0.01)), (BLUE, BLUE))


class UnhealthyTaskTest(unittest.TestCase):
    def look(self, failures, address="127.0.10.9"):
        task = {"taskArn": "arn:task/1", "group": "service:shop", "clusterArn": "arn:aws:ecs:us-east-1:000000000000:cluster/default", "lastStatus": "RUNNING"}
        service = {"serviceName": "shop", "status": "ACTIVE", "loadBalancers": [{"targetGroupArn": BLUE, "containerPort": 3000}]}
        stopped = []
        with unittest.mock.patch.dict(target_health._failures, {(BLUE, address, 3000): failures}), \
                unittest.mock.patch.object(ecs, "_services", {"default/shop": service}), \
                unittest.mock.patch.object(ecs, "_task_ip", lambda _task: address), \
                unittest.mock.patch.object(ecs, "_mark_task_stopped", lambda _arn, _task, *how: stopped.append(how) or True), \
                unittest.mock.patch.object(ecs, "_cleanup_task_resources"), unittest.mock.patch.object(ecs, "_reconcile_service_tasks") as reconcile:
            unhealthy_tasks._look_at("arn:task/1", task)
        return stopped, reconcile.called

    def test_is_stopped_for_the_reason_that_the_rule_looks_for(self):
        self.assertEqual(self.look(4), ([(f"Task failed ELB health checks in (target-group {BLUE})", "ServiceSchedulerInitiated")], True))

    def test_and_not_for_one_that_it_misses(self):
        self.assertEqual(self.look(3), ([], False))
