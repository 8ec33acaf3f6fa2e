"""What AWS refuses is refused with its code and words, and what it takes is taken: by the API and by stacks."""
import asyncio
import json
import re
import unittest

from local_aws.__main__ import apply_all
from local_aws.patching import handler
from ministack.core import responses
from ministack.services import alb, cloudwatch_logs, ec2, ecr, ecs, iam, kms, s3

ACCOUNT = "000000000000"
NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
OTHER_REGION = f"arn:aws:acm:eu-west-1:{ACCOUNT}:certificate/1"


def setUpModule():
    apply_all()


class RefusalTest(unittest.TestCase):
    def setUp(self):
        for store in (alb._lbs, alb._listeners, alb._rules, alb._tgs, ec2._subnets, ecs._services, ecs._clusters, ecs._tasks, ecs._task_defs):
            store.clear()

    def make(self, resource_type, props, logical_id="Thing"):
        return handler(resource_type)["create"](logical_id, props, "Shop")[0]

    def change(self, resource_type, physical_id, old, new):
        of_type = handler(resource_type)
        rest = ("Thing",) if of_type.get("update_with_logical_id") else ()
        return of_type["update"](physical_id, old, new, "Shop", *rest)

    def refused(self, words, function, *arguments):
        with self.assertRaisesRegex(ValueError, re.escape(words)):
            function(*arguments)

    def answered(self, answer, code, words):
        status, _headers, body = answer
        text = body.decode() if isinstance(body, bytes) else str(body)
        self.assertEqual(status, 400, text)
        self.assertIn(code, text)
        self.assertIn(words, text.replace("&apos;", "'").replace("&#39;", "'").replace("&#x27;", "'"))


class VisitorTest(RefusalTest):
    def test_a_load_balancer_of_another_account_and_region_has_visitors(self):
        with responses.request_scope("222222222222", "eu-west-1"):
            arn = self.make("AWS::ElasticLoadBalancingV2::LoadBalancer", {"Name": "far"})
        self.assertNotIn(arn, alb._lbs)
        here = responses.get_account_id(), responses.get_region()
        self.assertIsNone(alb.find_lb_for_host("near.alb.localhost:4566"))
        self.assertEqual((responses.get_account_id(), responses.get_region()), here)
        self.assertEqual(alb.find_lb_for_host("far.alb.localhost:4566")["LoadBalancerArn"], arn)
        self.assertEqual((responses.get_account_id(), responses.get_region()), ("222222222222", "eu-west-1"))
        responses._request_account_id.set(here[0])
        responses._request_region.set(here[1])


class ImageScanTest(RefusalTest):
    def scan(self, digest):
        target = {"x-amz-target": "AmazonEC2ContainerRegistry_V20150921.DescribeImageScanFindings"}
        body = json.dumps({"repositoryName": "shop", "imageId": {"imageDigest": digest}}).encode()
        return asyncio.run(ecr.handle_request("POST", "/", target, body, {}))

    def test_an_image_that_was_pushed_has_no_findings_and_another_is_not_found(self):
        ecr._create_repository({"repositoryName": "shop"})
        self.addCleanup(ecr._repositories.pop, "shop", None)
        digest = json.loads(ecr._put_image({"repositoryName": "shop", "imageTag": "v1", "imageManifest": "{}"})[2])["image"]["imageId"]["imageDigest"]
        status, _, body = self.scan(digest)
        found = json.loads(body)
        self.assertEqual((status, found["imageScanStatus"], found["imageScanFindings"]["findingSeverityCounts"]), (200, {"status": "COMPLETE"}, {}))
        self.answered(self.scan("sha256:none"), "ImageNotFoundException", "does not exist")


class IdentityProviderTest(RefusalTest):
    def test_one_for_each_issuer_of_an_account(self):
        props = {"Url": "https://token.example.com", "ClientIdList": ["sts.amazonaws.com"]}
        arn = self.make("AWS::IAM::OIDCProvider", props)
        self.assertEqual(arn, f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.example.com")
        self.assertEqual(iam._oidc_providers[arn]["ClientIDList"], ["sts.amazonaws.com"])
        self.refused("already exists", self.make, "AWS::IAM::OIDCProvider", props)
        handler("AWS::IAM::OIDCProvider")["delete"](arn, props)
        self.assertNotIn(arn, iam._oidc_providers)


class BucketTest(RefusalTest):
    BUCKET = "AWS::S3::Bucket"

    def setUp(self):
        super().setUp()
        s3._buckets.clear()
        self.name = self.make(self.BUCKET, {"BucketName": "uploads", "Tags": [{"Key": "team", "Value": "shop"}]})

    def test_a_bucket_has_the_tags_of_its_stack(self):
        self.assertEqual(s3._bucket_tags[self.name], {"team": "shop"})
        self.change(self.BUCKET, self.name, {}, {"BucketName": "uploads", "Tags": [{"Key": "team", "Value": "orders"}]})
        self.assertEqual(s3._bucket_tags[self.name], {"team": "orders"})
        self.change(self.BUCKET, self.name, {}, {"BucketName": "uploads"})
        self.assertNotIn(self.name, s3._bucket_tags)

    def test_it_is_deleted_when_it_is_empty_alone(self):
        delete = handler(self.BUCKET)["delete"]
        s3._buckets[self.name]["objects"]["a"] = {}
        self.refused("The bucket you tried to delete is not empty", delete, self.name, {})
        s3._buckets[self.name]["objects"].clear()
        delete(self.name, {})
        self.assertNotIn(self.name, s3._buckets)


class ListenerTest(RefusalTest):
    LISTENER, RULE = "AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::ListenerRule"

    def setUp(self):
        super().setUp()
        self.one, self.other = (self.make("AWS::ElasticLoadBalancingV2::LoadBalancer", {"Name": name}) for name in ("one", "other"))
        self.group = self.make("AWS::ElasticLoadBalancingV2::TargetGroup", {"TargetType": "ip"})

    def listener(self, load_balancer, port=80, **more):
        return {"LoadBalancerArn": load_balancer, "Port": port, "Protocol": "HTTP",
                "DefaultActions": [{"Type": "forward", "TargetGroupArn": self.group}], **more}

    def test_a_port_has_one_listener(self):
        self.make(self.LISTENER, self.listener(self.one))
        self.make(self.LISTENER, self.listener(self.one, 8080))
        words = f"A listener already exists on this port for this load balancer '{self.one}'"
        self.refused(words, self.make, self.LISTENER, self.listener(self.one), "Other")
        self.answered(alb._ACTION_MAP["CreateListener"]({"LoadBalancerArn": [self.one], "Port": ["80"]}), "DuplicateListener", words)

    def test_nor_does_a_listener_move_to_a_port_that_has_one(self):
        self.make(self.LISTENER, self.listener(self.one, 443))
        arn = self.make(self.LISTENER, self.listener(self.one, 80))
        self.change(self.LISTENER, arn, self.listener(self.one, 80), self.listener(self.one, 8080))
        self.refused("A listener already exists on this port", self.change, self.LISTENER, arn, self.listener(self.one, 8080), self.listener(self.one, 443))

    def test_a_target_group_has_one_load_balancer(self):
        self.make(self.LISTENER, self.listener(self.one))
        words = f"The following target groups cannot be associated with more than one load balancer: {self.group}"
        self.refused(words, self.make, self.LISTENER, self.listener(self.other))
        request = {"LoadBalancerArn": [self.other], "Port": ["80"], "DefaultActions.member.1.Type": ["forward"],
                   "DefaultActions.member.1.TargetGroupArn": [self.group]}
        self.answered(alb._ACTION_MAP["CreateListener"](request), "TargetGroupAssociationLimit", words)

    def test_a_rule_counts_as_well(self):
        self.make(self.LISTENER, self.listener(self.one))
        plain = self.make(self.LISTENER, {**self.listener(self.other), "DefaultActions": []})
        rule = {"ListenerArn": plain, "Priority": 1, "Conditions": [],
                "Actions": [{"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": self.group}]}}]}
        self.refused("cannot be associated with more than one load balancer", self.make, self.RULE, rule)

    def test_a_priority_has_one_rule(self):
        listener = self.make(self.LISTENER, self.listener(self.one))
        rule = {"ListenerArn": listener, "Priority": 10, "Conditions": [], "Actions": []}
        arn = self.make(self.RULE, rule)
        self.change(self.RULE, arn, rule, {**rule, "Conditions": []})
        self.refused("Priority '10' is currently in use", self.make, self.RULE, rule)
        self.answered(alb._ACTION_MAP["CreateRule"]({"ListenerArn": [listener], "Priority": ["10"]}), "PriorityInUse", "Priority '10' is currently in use")
        self.make(self.RULE, {**rule, "Priority": 11})

    def test_a_target_group_in_use_stays(self):
        listener = self.make(self.LISTENER, self.listener(self.one))
        words = f"Target group '{self.group}' is currently in use by a listener or a rule"
        delete = handler("AWS::ElasticLoadBalancingV2::TargetGroup")["delete"]
        self.refused(words, delete, self.group, {})
        self.answered(alb._ACTION_MAP["DeleteTargetGroup"]({"TargetGroupArn": [self.group]}), "ResourceInUse", words)
        handler(self.LISTENER)["delete"](listener, {})
        delete(self.group, {})

    def test_a_certificate_is_of_the_same_region(self):
        good = OTHER_REGION.replace("eu-west-1", "us-east-1")
        self.make(self.LISTENER, self.listener(self.one, 443, Protocol="HTTPS", Certificates=[{"CertificateArn": good}]))
        self.refused(f"Certificate ARN '{OTHER_REGION}' is not valid", self.make, self.LISTENER,
                     self.listener(self.one, 444, Protocol="HTTPS", Certificates=[{"CertificateArn": OTHER_REGION}]))


class SubnetTest(RefusalTest):
    TYPE = "AWS::EC2::Subnet"

    def setUp(self):
        super().setUp()
        self.vpc = self.make("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"})

    def subnet(self, cidr):
        return {"VpcId": self.vpc, "CidrBlock": cidr}

    def test_subnets_do_not_overlap(self):
        self.make(self.TYPE, self.subnet("10.0.0.0/24"))
        self.make(self.TYPE, self.subnet("10.0.1.0/24"))
        for cidr in ("10.0.0.0/24", "10.0.0.128/25", "10.0.0.0/20"):
            self.refused(f"The CIDR '{cidr}' conflicts with another subnet", self.make, self.TYPE, self.subnet(cidr))
        answer = ec2._ACTION_MAP["CreateSubnet"]({"VpcId": [self.vpc], "CidrBlock": ["10.0.1.0/24"]})
        self.answered(answer, "InvalidSubnet.Conflict", "The CIDR '10.0.1.0/24' conflicts with another subnet")

    def test_a_replacement_is_made_before_the_old_one_goes(self):
        subnet = self.make(self.TYPE, self.subnet("10.0.0.0/24"))
        self.refused("conflicts with another subnet", self.change, self.TYPE, subnet, {**self.subnet("10.0.0.0/24"), "AvailabilityZone": "us-east-1a"},
                     {**self.subnet("10.0.0.0/24"), "AvailabilityZone": "us-east-1b"})

    def test_they_are_within_the_vpc(self):
        self.refused("The CIDR '10.1.0.0/24' is invalid.", self.make, self.TYPE, self.subnet("10.1.0.0/24"))


class ServiceTest(RefusalTest):
    def setUp(self):
        super().setUp()
        ecs._create_cluster({"clusterName": "shop"})
        ecs._put_cluster_capacity_providers({"cluster": "shop", "capacityProviders": ["FARGATE", "FARGATE_SPOT"]})
        self.definition = self.register("web")
        load_balancer = self.make("AWS::ElasticLoadBalancingV2::LoadBalancer", {"Name": "one"})
        self.group, self.lonely = (self.make("AWS::ElasticLoadBalancingV2::TargetGroup", {"Name": name}) for name in ("used", "lonely"))
        self.make("AWS::ElasticLoadBalancingV2::Listener",
                  {"LoadBalancerArn": load_balancer, "DefaultActions": [{"Type": "forward", "TargetGroupArn": self.group}]})

    def register(self, family):
        container = {"name": "flask-app", "image": "app", "portMappings": [{"containerPort": 3000}]}
        answer = ecs._register_task_definition({"family": family, "networkMode": "awsvpc", "containerDefinitions": [container]})
        return json.loads(answer[2])["taskDefinition"]["taskDefinitionArn"]

    def create(self, **more):
        return ecs._ACTION_MAP["CreateService"]({
            "cluster": "shop", "serviceName": "web", "taskDefinition": self.definition, "desiredCount": 0, "networkConfiguration": NETWORK, **more})

    def update(self, **more):
        return ecs._ACTION_MAP["UpdateService"]({"cluster": "shop", "service": "web", **more})

    def refused_with(self, answer, words, code="InvalidParameterException"):
        self.answered(answer, code, words)

    def target(self, group, name="flask-app", port=3000):
        return [{"targetGroupArn": group, "containerName": name, "containerPort": port}]

    def test_a_name_has_one_service(self):
        self.assertEqual(self.create()[0], 200)
        self.refused_with(self.create(), "Creation of service was not idempotent.")

    def test_a_target_group_without_load_balancer(self):
        self.refused_with(self.create(loadBalancers=self.target(self.lonely)),
                          f"The target group with targetGroupArn {self.lonely} does not have an associated load balancer.")
        self.assertEqual(self.create(loadBalancers=self.target(self.group))[0], 200)
        self.refused_with(self.update(loadBalancers=self.target(self.lonely)), "does not have an associated load balancer.")

    def test_a_container_or_port_that_the_definition_lacks(self):
        self.refused_with(self.create(loadBalancers=self.target(self.group, "app")), "The container app does not exist in the task definition.")
        self.refused_with(self.create(loadBalancers=self.target(self.group, port=8080)),
                          "The container flask-app did not have a container port 8080 defined.")

    def test_a_definition_that_was_deregistered(self):
        old = self.register("old")
        self.create()
        ecs._ACTION_MAP["DeregisterTaskDefinition"]({"taskDefinition": old})
        for answer in (self.create(serviceName="two", taskDefinition=old), self.update(taskDefinition=old),
                       ecs._ACTION_MAP["RunTask"]({"cluster": "shop", "taskDefinition": old, "networkConfiguration": NETWORK})):
            self.refused_with(answer, "TaskDefinition is inactive", "ClientException")

    def test_a_service_that_was_deleted(self):
        self.create()
        self.assertEqual(self.update(desiredCount=0)[0], 200)
        ecs._ACTION_MAP["DeleteService"]({"cluster": "shop", "service": "web", "force": True})
        self.refused_with(self.update(desiredCount=1), "Service was not ACTIVE.", "ServiceNotActiveException")

    def test_a_launch_type_beside_a_strategy(self):
        self.refused_with(self.create(launchType="FARGATE", capacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}]),
                          "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.")

    def test_a_strategy_is_left_by_another_strategy(self):
        spot, demand = ([{"capacityProvider": name, "weight": 1}] for name in ("FARGATE_SPOT", "FARGATE"))
        self.assertEqual(self.create(capacityProviderStrategy=spot)[0], 200)
        self.refused_with(self.update(capacityProviderStrategy=[]), "No launch type to fall back to for empty capacity provider strategy.")
        self.refused_with(self.update(capacityProviderStrategy=demand), "you must force a new deployment.")
        self.assertEqual(self.update(capacityProviderStrategy=demand, forceNewDeployment=True)[0], 200)

    def test_a_launch_type_is_left_for_a_strategy_by_a_new_deployment(self):
        self.create(launchType="FARGATE")
        strategy = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
        self.refused_with(self.update(capacityProviderStrategy=strategy), "When switching from launch type to capacity provider strategy")
        self.assertEqual(self.update(capacityProviderStrategy=strategy, forceNewDeployment=True)[0], 200)
        self.assertEqual(ecs._services["shop/web"]["deployments"][0]["capacityProviderStrategy"], strategy)

    def test_a_provider_of_no_cluster_and_a_strategy_without_weight(self):
        self.refused_with(self.create(capacityProviderStrategy=[{"capacityProvider": "MINE", "weight": 1}]), "that is not associated with the cluster.")
        self.refused_with(self.create(capacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 0}]), "weight value greater than zero")

    def test_a_provider_in_use_stays(self):
        self.create(capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}])
        put = ecs._ACTION_MAP["PutClusterCapacityProviders"]
        self.refused_with(put({"cluster": "shop", "capacityProviders": ["FARGATE"]}),
                          "The specified capacity provider is in use and cannot be removed.", "ResourceInUseException")
        self.assertEqual(put({"cluster": "shop", "capacityProviders": ["FARGATE_SPOT"]})[0], 200)

    def test_a_cluster_with_a_service_stays(self):
        self.create()
        delete = ecs._ACTION_MAP["DeleteCluster"]
        self.refused_with(delete({"cluster": "shop"}), "The Cluster cannot be deleted while Services are active.", "ClusterContainsServicesException")
        ecs._ACTION_MAP["DeleteService"]({"cluster": "shop", "service": "web", "force": True})
        self.assertEqual(delete({"cluster": "shop"})[0], 200)

    def test_a_cluster_with_a_task_stays(self):
        ecs._tasks["task"] = task = {"clusterArn": ecs._clusters["shop"]["clusterArn"], "lastStatus": "RUNNING"}
        delete = ecs._ACTION_MAP["DeleteCluster"]
        self.refused_with(delete({"cluster": "shop"}), "The Cluster cannot be deleted while Tasks are active.", "ClusterContainsTasksException")
        task["lastStatus"] = "STOPPED"
        self.assertEqual(delete({"cluster": "shop"})[0], 200)

    def test_a_task_needs_its_network_and_overrides_of_its_containers(self):
        run = ecs._ACTION_MAP["RunTask"]
        self.refused_with(run({"cluster": "shop", "taskDefinition": self.definition}),
                          "Network Configuration must be provided when networkMode 'awsvpc' is specified.")
        self.refused_with(run({"cluster": "shop", "taskDefinition": self.definition, "networkConfiguration": NETWORK,
                               "overrides": {"containerOverrides": [{"name": "app"}]}}), "Override for container named app is not a container")


class NameTest(RefusalTest):
    def test_a_name_exists_once_also_where_a_stack_has_kept_it(self):
        self.make("AWS::Logs::LogGroup", {"LogGroupName": "/shop/kept"})
        self.addCleanup(cloudwatch_logs._log_groups.pop, "/shop/kept")
        self.refused("Resource of type 'AWS::Logs::LogGroup' with identifier '{\"/properties/LogGroupName\":\"/shop/kept\"}' already exists.",
                     self.make, "AWS::Logs::LogGroup", {"LogGroupName": "/shop/kept"})

    def test_the_key_of_a_log_group_lets_logs_in(self):
        for account, refused in (("000000000000", False), ("111111111111", True)):
            arn = f"arn:aws:logs:us-east-1:{account}:*"
            statement = {"Effect": "Allow", "Principal": {"Service": "logs.us-east-1.amazonaws.com"}, "Resource": "*",
                         "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
                         "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": arn}}}
            key = json.loads(kms._create_key({"Policy": json.dumps({"Statement": [statement]})})[2])["KeyMetadata"]["Arn"]
            props = {"LogGroupName": "/shop/secret", "KmsKeyId": key}
            if refused:
                self.refused("The specified KMS key does not exist or is not allowed to be used with Arn "
                             "'arn:aws:logs:us-east-1:000000000000:log-group:/shop/secret'", self.make, "AWS::Logs::LogGroup", props)
            else:
                handler("AWS::Logs::LogGroup")["delete"](self.make("AWS::Logs::LogGroup", props), {})

    def test_characters(self):
        for resource_type, prop, good, bad in (
            ("AWS::Logs::LogGroup", "LogGroupName", "/shop/a", "/shop/a b"),
            ("AWS::SNS::Topic", "TopicName", "alarms", "alarms:shop"),
            ("AWS::ElasticLoadBalancingV2::TargetGroup", "Name", "t" * 32, "t" * 33),
            ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Name", "shop", "internal-shop"),
            ("AWS::ECS::Cluster", "ClusterName", "shop-1", "shop.1"),
        ):
            with self.subTest(resource_type):
                self.refused(f"'{bad}' does not match", self.make, resource_type, {prop: bad})
                handler(resource_type)["delete"](self.make(resource_type, {prop: good}), {})

    def test_containers_volumes_and_log_streams(self):
        def definition(container="flask-app", prefix="web", volume="tmp"):
            log = {"LogDriver": "awslogs", "Options": {"awslogs-group": "/shop", "awslogs-stream-prefix": prefix}}
            return {"ContainerDefinitions": [{"Name": container, "Image": "app", "LogConfiguration": log}], "Volumes": [{"Name": volume}]}

        self.make("AWS::ECS::TaskDefinition", definition())
        for words, props in (
            ("Container.name contains invalid characters.", definition(container="a b")),
            ("Volume.name contains invalid characters.", definition(volume="/tmp")),
            ("Value 'celery:high' at 'logStreamName' failed to satisfy constraint", definition(prefix="celery:high")),
        ):
            self.refused(words, self.make, "AWS::ECS::TaskDefinition", props)

    def test_descriptions_of_security_groups(self):
        self.make("AWS::EC2::SecurityGroup", {"GroupDescription": "of the tasks of Shop/Web"})
        self.refused("for parameter GroupDescription is invalid. Character sets beyond ASCII are not supported.",
                     self.make, "AWS::EC2::SecurityGroup", {"GroupDescription": "Grüße"})
        self.refused("Invalid security group description", self.make, "AWS::EC2::SecurityGroup", {"GroupDescription": "who's"})
