"""A task that is at work is not taken away. That a worker really asks for it, test/e2e/worker-scaling.e2e.ts shows."""
import asyncio
import json
import unittest
from unittest import mock

from local_aws import task_protection
from local_aws.roles.service_role import AccessDenied
from ministack.services import ecs

CLUSTER = "arn:aws:ecs:us-east-1:000000000000:cluster/shop"
SERVICE = {"serviceName": "jobs", "clusterArn": CLUSTER, "status": "ACTIVE", "deployments": [{"status": "PRIMARY", "rolloutState": "COMPLETED"}]}


class Role:
    def __init__(self, denied=False):
        self.denied, self.asked = denied, []

    def require(self, action, resource, **keys):
        self.asked.append((action, resource, keys))
        if self.denied:
            raise AccessDenied("not authorized")


class TaskProtectionTest(unittest.TestCase):
    def setUp(self):
        self.tasks = [self.task(f"task{i}") for i in range(4)]
        self.stopped = []
        self.patch(ecs, "_tasks", {task["taskArn"]: task for task in self.tasks})
        self.patch(ecs, "_services", {"shop/jobs": {**SERVICE, "desiredCount": 4}})
        self.patch(ecs, "_stop_task", task_protection._but_protected(self.stop))
        self.patch(ecs, "_reconcile_service_tasks", task_protection._unprotected_first(lambda *_: None))
        self.patch(task_protection, "_agents", {"token": (CLUSTER, self.tasks[0]["taskArn"])})

    def patch(self, owner, name, value):
        patched = mock.patch.object(owner, name, value)
        patched.start()
        self.addCleanup(patched.stop)

    def task(self, name):
        return {
            "taskArn": f"arn:aws:ecs:us-east-1:000000000000:task/shop/{name}", "clusterArn": CLUSTER, "group": "service:jobs",
            "lastStatus": "RUNNING", "createdAt": name, "_task_role": Role(),
        }

    def stop(self, data):
        ecs._tasks[data["task"]]["lastStatus"] = "STOPPED"
        self.stopped.append(data["task"][-5:])

    def protect(self, *indices, enabled=True):
        tasks = [self.tasks[i]["taskArn"] for i in indices]
        return json.loads(task_protection._update({"cluster": CLUSTER, "tasks": tasks, "protectionEnabled": enabled, "expiresInMinutes": 5})[2])

    def scale_to(self, count):
        ecs._services["shop/jobs"]["desiredCount"] = count
        ecs._reconcile_service_tasks("shop", "shop/jobs")

    def agent(self, method="PUT", body=b'{"ProtectionEnabled": true}', path="/task-protection/v1/state", token="token"):
        handle = task_protection._or_of_an_agent(mock.AsyncMock(return_value="elsewhere"))
        answer = asyncio.run(handle(method, f"/v2/credentials/agent/{token}{path}", {}, body, {}))
        return answer[0], json.loads(answer[2])

    def test_a_scale_in_takes_the_tasks_that_are_free(self):
        self.protect(3, 0)
        self.scale_to(1)
        self.assertEqual(self.stopped, ["task2", "task1"])

    def test_and_the_others_when_they_are_free(self):
        self.protect(3, 0)
        self.scale_to(1)
        with mock.patch("threading.Thread") as thread:  # at once, to see its end
            thread.side_effect = lambda target, args, **_: mock.Mock(start=lambda: target(*args))
            self.protect(3, enabled=False)
        self.assertEqual(self.stopped, ["task2", "task1", "task3"])

    def test_a_protection_expires(self):
        self.protect(0, 1, 2, 3)
        for task in self.tasks:
            task["_protected_until"] -= 301
        self.scale_to(3)
        self.assertEqual(self.stopped, ["task3"])

    def test_a_deployment_waits_and_somebody_who_stops_the_task_does_not(self):
        self.protect(0)
        arn = self.tasks[0]["taskArn"]
        ecs._stop_task({"task": arn, "reason": "Task definition updated"})
        self.assertEqual(self.stopped, [])
        ecs._stop_task({"task": arn, "reason": "Task stopped by user"})
        self.assertEqual(self.stopped, ["task0"])

    def test_a_task_that_has_ended_or_has_no_service_cannot_be_protected(self):
        self.tasks[0]["lastStatus"] = "STOPPED"
        self.tasks[1]["group"] = "family:jobs"
        reasons = [failure["reason"] for failure in self.protect(0, 1)["failures"]]
        self.assertEqual(reasons, ["TASK_NOT_VALID", "TASK_NOT_VALID"])

    def test_the_agent_acts_with_the_role_of_the_task(self):
        status, answer = self.agent()
        arn = self.tasks[0]["taskArn"]
        self.assertEqual((status, answer["protection"]["ProtectionEnabled"], answer["protection"]["TaskArn"]), (200, True, arn))
        self.assertEqual(self.tasks[0]["_task_role"].asked, [("ecs:UpdateTaskProtection", arn, {"ecs__cluster": CLUSTER})])
        self.assertEqual(self.agent("GET", b"")[1]["protection"]["ProtectionEnabled"], True)

    def test_a_role_that_may_not_gets_the_agents_own_error(self):
        self.tasks[0]["_task_role"] = Role(denied=True)
        status, answer = self.agent()
        self.assertEqual((status, answer["error"]["Code"]), (400, "AccessDeniedException"))
        self.assertNotIn("_protected_until", self.tasks[0])

    def test_a_task_that_was_chosen_already_is_told_so(self):
        self.tasks[0]["lastStatus"] = "STOPPED"
        self.assertEqual(self.agent(), (200, {"failure": {"Arn": self.tasks[0]["taskArn"], "Detail": None, "Reason": "TASK_NOT_VALID"}}))

    def test_there_is_nothing_else_at_the_agent(self):
        self.assertEqual(self.agent(path="/other")[0], 404)
        self.assertEqual(self.agent(token="unknown")[0], 404)


if __name__ == "__main__":
    unittest.main()
