//! Which CloudFormation types hold data, and which give rights, open doors or run code when they are made.
//!
//! Types by their names in the AWS resource and property types reference (docs.aws.amazon.com/AWSCloudFormation, November 2026,
//! names are facts); which of them hold data is our own judgement. A type that is not here and sounds as if it held data does.

/// What holds data, by type, with the noun that a person would use.
const STATEFUL: &[(&str, &str)] = &[
    ("AWS::Backup::BackupVault", "backup-vault"),
    ("AWS::Backup::LogicallyAirGappedBackupVault", "backup-vault"),
    ("AWS::CertificateManager::Certificate", "certificate"),
    ("AWS::ACMPCA::CertificateAuthority", "certificate-authority"),
    ("AWS::CloudFormation::Stack", "stack"),
    ("AWS::CloudFormation::StackSet", "stack"),
    ("AWS::CloudTrail::Trail", "audit-trail"),
    ("AWS::CloudTrail::EventDataStore", "audit-trail"),
    ("AWS::CodeArtifact::Domain", "package-repository"),
    ("AWS::CodeArtifact::Repository", "package-repository"),
    ("AWS::CodeCommit::Repository", "git-repository"),
    ("AWS::Cognito::IdentityPool", "user-pool"),
    ("AWS::Cognito::UserPool", "user-pool"),
    ("AWS::Cognito::UserPoolUser", "user"),
    ("AWS::Connect::Instance", "contact-centre"),
    ("AWS::Cassandra::Keyspace", "database"),
    ("AWS::Cassandra::Table", "table"),
    ("AWS::DAX::Cluster", "cache"),
    ("AWS::DMS::ReplicationInstance", "replication"),
    ("AWS::DSQL::Cluster", "database"),
    ("AWS::DirectoryService::MicrosoftAD", "directory-service"),
    ("AWS::DirectoryService::SimpleAD", "directory-service"),
    ("AWS::DocDB::DBCluster", "database"),
    ("AWS::DocDB::DBInstance", "database"),
    ("AWS::DocDBElastic::Cluster", "database"),
    ("AWS::DynamoDB::GlobalTable", "table"),
    ("AWS::DynamoDB::Table", "table"),
    ("AWS::EC2::Instance", "machine"),
    ("AWS::EC2::Volume", "volume"),
    ("AWS::ECR::PublicRepository", "image-repository"),
    ("AWS::ECR::Repository", "image-repository"),
    ("AWS::EFS::FileSystem", "file-system"),
    ("AWS::EKS::Cluster", "cluster"),
    ("AWS::EMR::Cluster", "cluster"),
    ("AWS::ElastiCache::CacheCluster", "cache"),
    ("AWS::ElastiCache::ReplicationGroup", "cache"),
    ("AWS::ElastiCache::ServerlessCache", "cache"),
    ("AWS::Elasticsearch::Domain", "search-domain"),
    ("AWS::FSx::FileSystem", "file-system"),
    ("AWS::FSx::Volume", "volume"),
    ("AWS::FSx::Snapshot", "snapshot"),
    ("AWS::Glue::Database", "database"),
    ("AWS::Glue::Table", "table"),
    ("AWS::IoTAnalytics::Datastore", "data-store"),
    ("AWS::IoTAnalytics::Dataset", "data-store"),
    ("AWS::KMS::Key", "key"),
    ("AWS::KMS::ReplicaKey", "key"),
    ("AWS::Kendra::Index", "search-index"),
    ("AWS::Kinesis::Stream", "stream"),
    ("AWS::KinesisFirehose::DeliveryStream", "stream"),
    ("AWS::KinesisVideo::Stream", "stream"),
    ("AWS::LakeFormation::Resource", "data-store"),
    ("AWS::Lightsail::Bucket", "bucket"),
    ("AWS::Lightsail::Database", "database"),
    ("AWS::Lightsail::Disk", "volume"),
    ("AWS::Lightsail::Instance", "machine"),
    ("AWS::Logs::LogGroup", "log-group"),
    ("AWS::Logs::LogStream", "log-group"),
    ("AWS::MSK::Cluster", "stream"),
    ("AWS::MSK::ServerlessCluster", "stream"),
    ("AWS::AmazonMQ::Broker", "queue"),
    ("AWS::MemoryDB::Cluster", "database"),
    ("AWS::Neptune::DBCluster", "database"),
    ("AWS::Neptune::DBInstance", "database"),
    ("AWS::NeptuneGraph::Graph", "database"),
    ("AWS::OpenSearchServerless::Collection", "search-domain"),
    ("AWS::OpenSearchService::Domain", "search-domain"),
    ("AWS::Organizations::Account", "account"),
    ("AWS::Pinpoint::App", "data-store"),
    ("AWS::QLDB::Ledger", "database"),
    ("AWS::RDS::DBCluster", "database"),
    ("AWS::RDS::DBInstance", "database"),
    ("AWS::RDS::GlobalCluster", "database"),
    ("AWS::Redshift::Cluster", "database"),
    ("AWS::RedshiftServerless::Namespace", "database"),
    ("AWS::Route53::HostedZone", "dns-zone"),
    ("AWS::Route53::RecordSet", "dns-record"),
    ("AWS::Route53::RecordSetGroup", "dns-record"),
    ("AWS::S3::Bucket", "bucket"),
    ("AWS::S3Express::DirectoryBucket", "bucket"),
    ("AWS::S3Outposts::Bucket", "bucket"),
    ("AWS::S3Tables::TableBucket", "bucket"),
    ("AWS::S3Tables::Table", "table"),
    ("AWS::S3Vectors::VectorBucket", "bucket"),
    ("AWS::S3Vectors::Index", "search-index"),
    ("AWS::SDB::Domain", "database"),
    ("AWS::SQS::Queue", "queue"),
    ("AWS::SSM::Parameter", "parameter"),
    ("AWS::SageMaker::Domain", "machine-learning-domain"),
    ("AWS::SecretsManager::Secret", "secret"),
    ("AWS::Serverless::SimpleTable", "table"),
    ("AWS::Timestream::Database", "database"),
    ("AWS::Timestream::InfluxDBInstance", "database"),
    ("AWS::Timestream::Table", "table"),
];

/// Words of a type's last part that sound like data, for types that are not in the table.
const SOUNDS: [&str; 22] = [
    "Archive", "Backup", "Bucket", "Cache", "Cluster", "Collection", "Database", "DataStore", "Dataset", "Datastore", "Domain", "FileSystem",
    "Index", "Key", "Ledger", "Queue", "Repository", "Secret", "Snapshot", "Store", "Table", "Volume",
];

/// Last parts of types that make nothing that lasts, though they sound so.
const SETTINGS: [&str; 13] = [
    "Alias", "Association", "Attachment", "Group", "ParameterGroup", "Permission", "Policy", "Schedule", "Subscription", "SubnetGroup",
    "SecurityGroup", "Mount", "MountTarget",
];

/// What a type means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Meaning {
    /// What a person calls it.
    pub(super) noun: &'static str,
    /// Whether somebody's data is in it.
    pub(super) is_stateful: bool,
    /// What making or changing it is.
    pub(super) made: Made,
}

/// What making or changing a thing of a type is, beyond that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Made {
    /// Nothing more.
    Plain,
    /// It gives rights.
    Grants,
    /// It lets in, or out.
    Exposes,
    /// It runs code that nobody here has read.
    Runs,
    /// What it makes is written elsewhere.
    Elsewhere,
    /// It is of no type that the cloud's own reference has.
    Foreign,
}

pub(super) fn meaning(kind: &str) -> Meaning {
    let known = STATEFUL.iter().find(|(name, _)| *name == kind);
    let last = kind.rsplit("::").next().unwrap_or(kind);
    let sounds = SOUNDS.iter().any(|word| last.contains(word)) && !SETTINGS.iter().any(|end| last.ends_with(end));
    let made = made(kind, last);
    let is_stateful = known.is_some() || sounds || made == Made::Foreign;
    Meaning { noun: known.map_or_else(|| noun(made), |(_, noun)| noun), is_stateful, made }
}

fn noun(made: Made) -> &'static str {
    match made {
        Made::Grants => "right",
        Made::Exposes => "entrance",
        Made::Plain | Made::Runs | Made::Elsewhere | Made::Foreign => "cloud-resource",
    }
}

fn made(kind: &str, last: &str) -> Made {
    let service = kind.split("::").nth(1).unwrap_or_default();
    match (kind, service, last) {
        _ if kind.ends_with("::MODULE") => Made::Elsewhere,
        ("AWS::CloudFormation::Stack" | "AWS::CloudFormation::StackSet" | "AWS::Serverless::Application", _, _) => Made::Elsewhere,
        ("AWS::CloudFormation::CustomResource" | "AWS::CloudFormation::Macro", _, _) => Made::Runs,
        ("AWS::SSM::Association" | "AWS::SSM::Document" | "AWS::CloudFormation::HookVersion", _, _) => Made::Runs,
        _ if kind.starts_with("Custom::") => Made::Runs,
        _ if !kind.starts_with("AWS::") && !kind.starts_with("Alexa::") => Made::Foreign,
        (_, "IAM" | "SSO" | "RAM" | "LakeFormation" | "RolesAnywhere" | "AccessAnalyzer", _) => Made::Grants,
        ("AWS::Organizations::Policy" | "AWS::KMS::Grant" | "AWS::Cognito::IdentityPoolRoleAttachment" | "AWS::EKS::AccessEntry", _, _) => Made::Grants,
        (_, _, "BucketPolicy" | "QueuePolicy" | "TopicPolicy" | "ResourcePolicy" | "RepositoryPolicy" | "Permission" | "LayerVersionPermission") => Made::Grants,
        (_, _, "QueueInlinePolicy" | "TopicInlinePolicy" | "EventBusPolicy" | "RegistryPolicy" | "AccessPolicy" | "VaultPolicy") => Made::Grants,
        (_, "EC2", "SecurityGroup" | "SecurityGroupIngress" | "NetworkAclEntry" | "InternetGateway" | "EIP" | "VPCPeeringConnection") => Made::Exposes,
        (_, "Lambda", "Url") | (_, "CloudFront", "Distribution") | (_, "S3", "AccessPoint") => Made::Exposes,
        (_, "ElasticLoadBalancing" | "ElasticLoadBalancingV2", "LoadBalancer" | "Listener") => Made::Exposes,
        (_, "ApiGateway", "RestApi" | "Deployment" | "Stage") | (_, "ApiGatewayV2", "Api" | "Stage" | "Route") => Made::Exposes,
        (_, "Serverless", "Api" | "HttpApi") => Made::Exposes,
        _ => Made::Plain,
    }
}

#[cfg(test)]
mod tests;
