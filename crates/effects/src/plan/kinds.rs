//! What types of resources are: which hold data, which give rights, which protect others, which run something.
//!
//! Facts about providers' types, by name, from their public documentation (registry.terraform.io, read in 2026; names are facts and
//! under no licence). A type that is not here is judged by the words in its name; one of a provider that is not here is taken to hold data.

use std::collections::{HashMap, HashSet};

/// Types that hold somebody's data: lost with them, unless something outside keeps it.
const STATEFUL: &[(&str, &[&str])] = &[
    ("database", &[
        "aws_db_instance", "aws_rds_cluster", "aws_rds_cluster_instance", "aws_rds_global_cluster", "aws_rds_custom_db_engine_version",
        "aws_dynamodb_table", "aws_dynamodb_global_table", "aws_dynamodb_table_replica", "aws_dynamodb_table_item", "aws_docdb_cluster",
        "aws_docdb_cluster_instance", "aws_docdb_global_cluster", "aws_docdbelastic_cluster", "aws_neptune_cluster",
        "aws_neptune_cluster_instance", "aws_neptune_global_cluster", "aws_neptunegraph_graph", "aws_redshift_cluster",
        "aws_redshiftserverless_namespace", "aws_redshiftserverless_workgroup", "aws_timestreamwrite_database",
        "aws_timestreamwrite_table", "aws_timestreaminfluxdb_db_instance", "aws_keyspaces_keyspace", "aws_keyspaces_table",
        "aws_memorydb_cluster", "aws_elasticache_cluster", "aws_elasticache_replication_group",
        "aws_elasticache_global_replication_group", "aws_elasticache_serverless_cache", "aws_dsql_cluster", "aws_lightsail_database",
        "aws_qldb_ledger", "aws_athena_database", "aws_glue_catalog_database", "aws_glue_catalog_table", "aws_simpledb_domain",
        "google_sql_database_instance", "google_sql_database", "google_spanner_instance", "google_spanner_database",
        "google_bigtable_instance", "google_bigtable_table", "google_firestore_database", "google_firestore_document",
        "google_alloydb_cluster", "google_alloydb_instance", "google_redis_instance", "google_redis_cluster", "google_memcache_instance",
        "google_memorystore_instance", "google_bigquery_dataset", "google_bigquery_table", 
        "google_oracle_database_autonomous_database", "google_oracle_database_cloud_vm_cluster", "google_firebase_database_instance",
        "azurerm_mssql_server", "azurerm_mssql_database", "azurerm_mssql_elasticpool", "azurerm_mssql_managed_instance",
        "azurerm_mssql_managed_database", "azurerm_sql_server", "azurerm_sql_database", "azurerm_postgresql_server",
        "azurerm_postgresql_database", "azurerm_postgresql_flexible_server", "azurerm_postgresql_flexible_server_database",
        "azurerm_mysql_server", "azurerm_mysql_database", "azurerm_mysql_flexible_server", "azurerm_mysql_flexible_database",
        "azurerm_mariadb_server", "azurerm_mariadb_database", "azurerm_cosmosdb_account", "azurerm_cosmosdb_sql_database",
        "azurerm_cosmosdb_sql_container", "azurerm_cosmosdb_mongo_database", "azurerm_cosmosdb_mongo_collection",
        "azurerm_cosmosdb_cassandra_keyspace", "azurerm_cosmosdb_cassandra_table", "azurerm_cosmosdb_gremlin_database",
        "azurerm_cosmosdb_gremlin_graph", "azurerm_cosmosdb_table", "azurerm_cosmosdb_postgresql_cluster", "azurerm_mongo_cluster",
        "azurerm_redis_cache", "azurerm_redis_enterprise_cluster", "azurerm_redis_enterprise_database", "azurerm_managed_redis",
        "azurerm_kusto_cluster", "azurerm_kusto_database", "azurerm_synapse_workspace", "azurerm_synapse_sql_pool",
        "digitalocean_database_cluster", "digitalocean_database_db", "digitalocean_database_replica",
        "mongodbatlas_cluster", "mongodbatlas_advanced_cluster", "mongodbatlas_flex_cluster", "mongodbatlas_serverless_instance",
        "mongodbatlas_online_archive", "mongodbatlas_project", "postgresql_database", "postgresql_schema", "postgresql_extension",
        "mysql_database", "snowflake_database", "snowflake_schema", "snowflake_table", "snowflake_hybrid_table", "snowflake_dynamic_table",
        "snowflake_external_table", "snowflake_secondary_database", "snowflake_materialized_view", "cloudflare_d1_database",
        "cloudflare_workers_kv_namespace", "cloudflare_workers_kv", "cloudflare_hyperdrive_config", "linode_database_mysql_v2",
        "linode_database_postgresql_v2", "scaleway_rdb_instance", "scaleway_rdb_database", "neon_project",
        "neon_branch", "neon_database", "planetscale_database", "supabase_project", "cockroach_cluster", "aiven_pg", "aiven_mysql",
        "aiven_kafka", "aiven_opensearch", "aiven_clickhouse", "oci_database_db_system", "oci_database_autonomous_database",
        "oci_mysql_mysql_db_system", "vultr_database", "influxdb_bucket", "confluent_kafka_cluster", "confluent_kafka_topic",
        "databricks_schema", "databricks_catalog", "databricks_sql_table", "databricks_metastore", "elasticstack_elasticsearch_index",
        "ec_deployment", "clickhouse_service", "qdrant-cloud_accounts_cluster", "pinecone_index", "heroku_addon",
    ]),
    ("bucket", &[
        "aws_s3_bucket", "aws_s3_directory_bucket", "aws_s3control_bucket", "aws_s3tables_table", "aws_s3tables_table_bucket",
        "aws_lightsail_bucket", "aws_glacier_vault", "google_storage_bucket", "google_storage_managed_folder", "azurerm_storage_account",
        "azurerm_storage_container", "azurerm_storage_share", "azurerm_storage_table", "azurerm_storage_data_lake_gen2_filesystem",
        "digitalocean_spaces_bucket", "cloudflare_r2_bucket", "linode_object_storage_bucket", "scaleway_object_bucket",
        "oci_objectstorage_bucket", "minio_s3_bucket", "b2_bucket",
    ]),
    ("objects", &[
        "aws_s3_object", "aws_s3_bucket_object", "google_storage_bucket_object", "azurerm_storage_blob", "azurerm_storage_share_file",
        "azurerm_storage_share_directory", "digitalocean_spaces_bucket_object", "azurerm_storage_table_entity",
    ]),
    ("volume", &[
        "aws_ebs_volume", "aws_efs_file_system", "aws_fsx_lustre_file_system", "aws_fsx_windows_file_system",
        "aws_fsx_ontap_file_system", "aws_fsx_ontap_volume", "aws_fsx_openzfs_file_system", "aws_fsx_openzfs_volume", "aws_lightsail_disk",
        "aws_storagegateway_cached_iscsi_volume", "aws_storagegateway_stored_iscsi_volume", "google_compute_disk",
        "google_compute_region_disk", "google_filestore_instance", "google_netapp_volume", "google_netapp_storage_pool",
        "google_parallelstore_instance", "google_lustre_instance", "azurerm_managed_disk", "azurerm_netapp_volume",
        "azurerm_netapp_pool", "azurerm_hpc_cache", "azurerm_managed_lustre_file_system", "digitalocean_volume", "hcloud_volume",
        "linode_volume", "vultr_block_storage", "scaleway_block_volume", "oci_core_volume", "oci_core_boot_volume",
        "oci_file_storage_file_system", "openstack_blockstorage_volume_v3", "kubernetes_persistent_volume",
        "kubernetes_persistent_volume_v1", "kubernetes_persistent_volume_claim", "kubernetes_persistent_volume_claim_v1",
        "docker_volume", "libvirt_volume", "fly_volume", "railway_volume",
    ]),
    ("machine", &[
        // Their own disks go with them.
        "aws_instance", "aws_lightsail_instance", "aws_spot_instance_request", "google_compute_instance", "azurerm_virtual_machine",
        "azurerm_linux_virtual_machine", "azurerm_windows_virtual_machine", "digitalocean_droplet", "hcloud_server", "linode_instance",
        "vultr_instance", "scaleway_instance_server", "oci_core_instance", "openstack_compute_instance_v2", "vsphere_virtual_machine",
        "proxmox_virtual_environment_vm", "libvirt_domain", "google_workbench_instance", "aws_sagemaker_notebook_instance",
        "aws_workspaces_workspace",
    ]),
    ("backup", &[
        "aws_db_snapshot", "aws_db_cluster_snapshot", "aws_db_snapshot_copy", "aws_ebs_snapshot", "aws_ebs_snapshot_copy",
        "aws_ebs_snapshot_import", "aws_redshift_cluster_snapshot", "aws_backup_vault", "aws_backup_logically_air_gapped_vault",
        "aws_neptune_cluster_snapshot", "aws_docdb_cluster_snapshot", "aws_memorydb_snapshot", "aws_fsx_backup", "aws_ami", "aws_ami_copy",
        "aws_ami_from_instance", "google_compute_snapshot", "google_compute_image", "google_compute_machine_image",
        "google_alloydb_backup", "google_spanner_backup_schedule", "google_backup_dr_backup_vault",
        "google_filestore_backup", "google_filestore_snapshot", "google_netapp_backup", "google_netapp_backup_vault",
        "google_gke_backup_backup_plan", "azurerm_snapshot", "azurerm_image", "azurerm_recovery_services_vault",
        "azurerm_data_protection_backup_vault", "azurerm_backup_container_storage_account", "azurerm_netapp_snapshot",
        "azurerm_netapp_backup_vault", "digitalocean_droplet_snapshot", "digitalocean_volume_snapshot", "hcloud_snapshot",
        "mongodbatlas_cloud_backup_snapshot", "mongodbatlas_cloud_backup_snapshot_export_bucket", "oci_core_volume_backup",
    ]),
    ("queue", &[
        "aws_sqs_queue", "aws_kinesis_stream", "aws_kinesis_firehose_delivery_stream", "aws_kinesis_video_stream", "aws_msk_cluster",
        "aws_msk_serverless_cluster", "aws_mq_broker", "aws_sns_topic", "google_pubsub_topic", "google_pubsub_subscription",
        "google_pubsub_lite_topic", "google_managed_kafka_cluster", "google_managed_kafka_topic", "google_cloud_tasks_queue",
        "azurerm_servicebus_namespace", "azurerm_servicebus_queue", "azurerm_servicebus_topic", "azurerm_servicebus_subscription",
        "azurerm_eventhub", "azurerm_eventhub_namespace", "azurerm_eventhub_cluster", "azurerm_storage_queue", "cloudflare_queue",
        "kafka_topic", "rabbitmq_queue", "rabbitmq_vhost", "digitalocean_database_kafka_topic",
    ]),
    ("search index", &[
        "aws_opensearch_domain", "aws_elasticsearch_domain", "aws_opensearchserverless_collection", "aws_cloudsearch_domain",
        "aws_kendra_index", "azurerm_search_service", "google_vertex_ai_index", "google_discovery_engine_data_store",
        "digitalocean_database_opensearch_config", "opensearch_index",
    ]),
    ("logs", &[
        "aws_cloudwatch_log_group", "aws_cloudwatch_log_stream", "aws_cloudtrail_event_data_store", "aws_prometheus_workspace",
        "google_logging_project_bucket_config", "azurerm_log_analytics_workspace", "azurerm_application_insights", "azurerm_monitor_workspace",
    ]),
    ("key", &[
        "aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key", "aws_cloudhsm_v2_cluster", "google_kms_crypto_key",
        "google_kms_key_ring", "google_kms_crypto_key_version", "azurerm_key_vault", "azurerm_key_vault_key",
        "azurerm_key_vault_managed_hardware_security_module", "azurerm_disk_encryption_set", "oci_kms_vault", "oci_kms_key",
        "aws_signer_signing_profile", "aws_acmpca_certificate_authority", "google_privateca_certificate_authority",
    ]),
    ("secret", &[
        "aws_secretsmanager_secret", "aws_secretsmanager_secret_version", "aws_ssm_parameter", "google_secret_manager_secret",
        "google_secret_manager_secret_version", "google_secret_manager_regional_secret", "azurerm_key_vault_secret",
        "azurerm_key_vault_certificate", "azurerm_app_configuration", "kubernetes_secret", "kubernetes_secret_v1", "vault_mount",
        "vault_kv_secret", "vault_kv_secret_v2", "vault_generic_secret", "doppler_secret", "onepassword_item", "tls_private_key",
    ]),
    ("users", &[
        "aws_cognito_user_pool", "aws_cognito_user", "aws_directory_service_directory", "aws_identitystore_user", "aws_connect_instance",
        "google_identity_platform_config", "google_identity_platform_tenant", "azuread_user", "azurerm_aadb2c_directory", "auth0_connection",
        "auth0_tenant", "keycloak_realm", "okta_user",
    ]),
    ("repository", &[
        "github_repository", "github_repository_file", "github_branch", "github_issue", "github_release", "gitlab_project", "gitlab_group",
        "gitlab_repository_file", "bitbucket_repository", "azuredevops_git_repository", "azuredevops_project", "gitea_repository",
        "aws_codecommit_repository", "google_sourcerepo_repository",
    ]),
    ("registry", &[
        "aws_ecr_repository", "aws_ecrpublic_repository", "aws_codeartifact_repository", "aws_codeartifact_domain",
        "google_artifact_registry_repository", "google_container_registry", "azurerm_container_registry", "digitalocean_container_registry",
        "scaleway_registry_namespace", "harbor_project", "artifactory_local_docker_v2_repository",
    ]),
    ("dns-zone", &[
        "aws_route53_zone", "google_dns_managed_zone", "azurerm_dns_zone", "azurerm_private_dns_zone", "cloudflare_zone",
        "digitalocean_domain", "linode_domain", "hetznerdns_zone", "hcloud_zone", "dnsimple_zone", "ns1_zone", "oci_dns_zone",
        "aws_route53domains_registered_domain", "aws_route53domains_domain", "cloudflare_registrar_domain",
    ]),
    ("cluster", &[
        "aws_eks_cluster", "aws_ecs_cluster", "aws_emr_cluster", "google_container_cluster", "google_dataproc_cluster",
        "azurerm_kubernetes_cluster", "azurerm_hdinsight_hadoop_cluster", "azurerm_hdinsight_kafka_cluster", "digitalocean_kubernetes_cluster",
        "linode_lke_cluster", "scaleway_k8s_cluster", "vultr_kubernetes", "rancher2_cluster", "oci_containerengine_cluster",
    ]),
    ("namespace", &["kubernetes_namespace", "kubernetes_namespace_v1"]),
    ("workload", &[
        "kubernetes_stateful_set", "kubernetes_stateful_set_v1", "kubernetes_manifest", "kubectl_manifest", "helm_release", "nomad_job",
        "docker_container", "kubernetes_custom_resource_definition",
    ]),
    ("settings", &["kubernetes_config_map", "kubernetes_config_map_v1", "kubernetes_config_map_v1_data"]),
    ("account", &[
        "aws_organizations_account", "aws_organizations_organization", "google_project", "google_folder", "azurerm_resource_group",
        "azurerm_subscription", "azurerm_resource_group_template_deployment", "aws_cloudformation_stack",
        "aws_cloudformation_stack_set", "aws_servicecatalog_provisioned_product", "digitalocean_project", "github_organization_settings",
        "tfe_workspace", "tfe_organization", "aws_elastic_beanstalk_environment", "aws_amplify_app", "heroku_app", "vercel_project",
        "netlify_site", "fly_app", "railway_project", "render_postgres", "google_app_engine_application",
    ]),
    ("data", &[
        "aws_sagemaker_feature_group", "aws_sagemaker_model", "aws_datasync_location_s3", "aws_lakeformation_resource",
        "aws_transfer_server", "aws_iot_thing", "aws_healthlake_fhir_datastore",
        "aws_medialive_channel", "aws_appstream_image_builder", "aws_quicksight_data_set", "google_healthcare_dataset",
        "google_healthcare_fhir_store", "google_healthcare_dicom_store", "google_composer_environment", "google_vertex_ai_dataset",
        "google_vertex_ai_featurestore", "google_dataplex_lake", "azurerm_data_factory", "azurerm_data_lake_store",
        "azurerm_machine_learning_workspace", "azurerm_databricks_workspace", "azurerm_iothub", "azurerm_healthcare_fhir_service",
        "azurerm_automation_account", "azurerm_purview_account", "snowflake_stage", "snowflake_stream", "snowflake_pipe",
        "grafana_dashboard", "grafana_folder", "datadog_dashboard",
    ]),
];

/// Words in a type's name that say that it holds data, for types that the table does not have.
const STATEFUL_WORDS: &[&str] = &[
    "archive", "backup", "bucket", "cache", "catalog", "database", "dataset", "datastore", "db", "disk", "domain", "filesystem", "fs",
    "image", "index", "kafka", "kv", "ledger", "mongo", "mysql", "postgres", "postgresql", "queue", "rds", "recovery", "redis", "registry",
    "repository", "secret", "snapshot", "sql", "storage", "store", "stream", "table", "topic", "vault", "volume", "zone",
];

/// Types that give somebody a right. So does every `…_iam_member`, `…_iam_binding`, `…_iam_policy` and what begins with `aws_iam_`.
const GRANTS: &[&str] = &[
    "aws_kms_grant", "aws_kms_key_policy", "aws_lambda_permission", "aws_lambda_layer_version_permission", "aws_lakeformation_permissions",
    "aws_ram_principal_association", "aws_ram_resource_share", "aws_s3_bucket_policy", "aws_s3_access_point", "aws_sns_topic_policy",
    "aws_sqs_queue_policy", "aws_secretsmanager_secret_policy", "aws_ecr_repository_policy", "aws_ssoadmin_account_assignment",
    "aws_ssoadmin_permission_set", "aws_ssoadmin_permission_set_inline_policy", "aws_ssoadmin_managed_policy_attachment",
    "aws_eks_access_entry", "aws_eks_access_policy_association", "aws_eks_pod_identity_association", "aws_organizations_policy",
    "aws_organizations_policy_attachment", "aws_opensearch_domain_policy", "aws_quicksight_group_membership",
    "aws_db_instance_role_association", "aws_identitystore_group_membership", "aws_glue_resource_policy", "aws_backup_vault_policy",
    "aws_cloudwatch_event_permission", "aws_ami_launch_permission", "aws_snapshot_create_volume_permission", "aws_key_pair",
    "azurerm_role_assignment", "azurerm_role_definition", "azurerm_key_vault_access_policy", "azurerm_user_assigned_identity",
    "azurerm_federated_identity_credential", "azurerm_cosmosdb_sql_role_assignment", "azurerm_cosmosdb_sql_role_definition",
    "azurerm_pim_active_role_assignment", "azurerm_pim_eligible_role_assignment",
    "azurerm_postgresql_flexible_server_active_directory_administrator", "azurerm_kusto_database_principal_assignment",
    "azuread_app_role_assignment", "azuread_application", "azuread_application_password", "azuread_directory_role_assignment",
    "azuread_group_member", "azuread_service_principal", "azuread_service_principal_password", "azuread_directory_role_member",
    "google_service_account", "google_service_account_key", "google_project_iam_custom_role", "google_organization_iam_custom_role",
    "google_storage_bucket_acl", "google_storage_bucket_access_control", "google_storage_default_object_access_control",
    "google_storage_object_access_control", "google_bigquery_dataset_access", "google_sql_user", "google_iam_workload_identity_pool",
    "google_iam_workload_identity_pool_provider", "google_access_context_manager_access_level", "google_storage_hmac_key",
    "kubernetes_role", "kubernetes_role_v1", "kubernetes_role_binding", "kubernetes_role_binding_v1", "kubernetes_cluster_role",
    "kubernetes_cluster_role_v1", "kubernetes_cluster_role_binding", "kubernetes_cluster_role_binding_v1", "kubernetes_service_account",
    "kubernetes_service_account_v1", "kubernetes_token_request_v1",
    "postgresql_grant", "postgresql_grant_role", "postgresql_role", "postgresql_default_privileges", "postgresql_security_label",
    "mysql_grant", "mysql_user", "mysql_role", "mongodbatlas_database_user", "mongodbatlas_custom_db_role", "mongodbatlas_api_key",
    "mongodbatlas_project_api_key", "mongodbatlas_project_invitation", "mongodbatlas_org_invitation", "mongodbatlas_team",
    "mongodbatlas_access_list_api_key", "mongodbatlas_project_ip_access_list", "snowflake_user", "snowflake_account_role",
    "snowflake_database_role", "snowflake_role_grants", "digitalocean_ssh_key", "digitalocean_spaces_key", "digitalocean_database_user",
    "digitalocean_database_firewall", "cloudflare_api_token", "cloudflare_account_member", "cloudflare_account_token",
    "cloudflare_zero_trust_access_policy", "cloudflare_access_policy", "cloudflare_access_service_token",
    "github_membership", "github_team_membership", "github_team_members", "github_team_repository", "github_repository_collaborator",
    "github_repository_collaborators", "github_repository_deploy_key", "github_organization_role_user", "github_organization_role_team",
    "github_app_installation_repository", "github_actions_secret", "github_actions_organization_secret", "github_user_ssh_key",
    "gitlab_project_membership", "gitlab_group_membership", "gitlab_deploy_key", "gitlab_deploy_token", "gitlab_project_access_token",
    "gitlab_group_access_token", "gitlab_personal_access_token", "gitlab_project_share_group", "vault_policy", "vault_token",
    "vault_kubernetes_auth_backend_role", "vault_approle_auth_backend_role", "hcloud_ssh_key", "tfe_team_access", "tfe_team_token",
    "okta_group_memberships", "okta_admin_role_custom", "databricks_permissions", "databricks_grants", "databricks_token",
    "datadog_user", "datadog_role", "auth0_client_grant", "grafana_service_account_token", "harbor_robot_account",
];

/// Types that are a safeguard of something else: without them it has less protection, is watched less, or has no backups.
const GUARDS: &[&str] = &[
    "aws_backup_plan", "aws_backup_selection", "aws_backup_vault_lock_configuration", "aws_backup_region_settings", "aws_cloudtrail",
    "aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm", "aws_config_config_rule", "aws_config_configuration_recorder",
    "aws_config_configuration_recorder_status", "aws_config_delivery_channel", "aws_config_conformance_pack",
    "aws_db_instance_automated_backups_replication", "aws_dlm_lifecycle_policy", "aws_dynamodb_kinesis_streaming_destination",
    "aws_ebs_encryption_by_default", "aws_ebs_snapshot_block_public_access", "aws_efs_backup_policy", "aws_flow_log", "aws_guardduty_detector",
    "aws_guardduty_member", "aws_guardduty_organization_admin_account", "aws_inspector2_enabler", "aws_macie2_account",
    "aws_networkfirewall_firewall", "aws_networkfirewall_firewall_policy", "aws_s3_bucket_logging", "aws_s3_bucket_object_lock_configuration",
    "aws_s3_bucket_replication_configuration", "aws_s3_bucket_server_side_encryption_configuration", "aws_s3_bucket_versioning",
    "aws_securityhub_account", "aws_shield_protection", "aws_wafv2_web_acl", "aws_wafv2_web_acl_association",
    "aws_wafv2_web_acl_logging_configuration", "aws_accessanalyzer_analyzer", "aws_route53_health_check", "aws_redshift_snapshot_schedule",
    "aws_redshift_snapshot_schedule_association", "aws_iam_account_password_policy", "aws_network_acl", "aws_default_network_acl",
    "google_backup_dr_backup_plan", "google_backup_dr_backup_plan_association", "google_compute_resource_policy",
    "google_compute_disk_resource_policy_attachment", "google_compute_security_policy", "google_logging_project_sink",
    "google_logging_organization_sink", "google_logging_folder_sink", "google_logging_metric", "google_monitoring_alert_policy",
    "google_monitoring_uptime_check_config", "google_org_policy_policy", "google_organization_policy", "google_project_organization_policy",
    "google_resource_manager_lien", "google_access_context_manager_service_perimeter", "google_scc_notification_config",
    "google_firestore_backup_schedule", "google_bigquery_datapolicy_data_policy", "google_project_iam_audit_config",
    "azurerm_backup_policy_vm", "azurerm_backup_protected_vm", "azurerm_backup_policy_file_share", "azurerm_backup_protected_file_share",
    "azurerm_data_protection_backup_instance_blob_storage", "azurerm_data_protection_backup_instance_disk",
    "azurerm_data_protection_backup_instance_postgresql", "azurerm_data_protection_backup_policy_blob_storage",
    "azurerm_firewall", "azurerm_firewall_policy", "azurerm_management_lock", "azurerm_monitor_activity_log_alert",
    "azurerm_monitor_diagnostic_setting", "azurerm_monitor_metric_alert", "azurerm_mssql_database_extended_auditing_policy",
    "azurerm_mssql_server_extended_auditing_policy", "azurerm_mssql_server_security_alert_policy", "azurerm_mssql_server_vulnerability_assessment",
    "azurerm_network_watcher_flow_log", "azurerm_policy_assignment", "azurerm_subscription_policy_assignment",
    "azurerm_resource_group_policy_assignment", "azurerm_management_group_policy_assignment", "azurerm_security_center_subscription_pricing",
    "azurerm_site_recovery_replicated_vm", "azurerm_web_application_firewall_policy", "azurerm_network_ddos_protection_plan",
    "azurerm_sentinel_alert_rule_scheduled", "azurerm_storage_container_immutability_policy",
    "kubernetes_network_policy", "kubernetes_network_policy_v1", "kubernetes_pod_disruption_budget", "kubernetes_pod_disruption_budget_v1",
    "kubernetes_resource_quota", "kubernetes_limit_range", "kubernetes_validating_webhook_configuration",
    "kubernetes_validating_webhook_configuration_v1", "kubernetes_validating_admission_policy_v1", "kubernetes_pod_security_policy",
    "github_branch_protection", "github_branch_protection_v3", "github_repository_ruleset", "github_organization_ruleset",
    "github_repository_environment_deployment_policy", "github_repository_dependabot_security_updates", "gitlab_branch_protection",
    "gitlab_tag_protection", "gitlab_project_approval_rule", "cloudflare_ruleset", "cloudflare_firewall_rule", "cloudflare_filter",
    "cloudflare_access_application", "cloudflare_zero_trust_access_application", "cloudflare_zone_dnssec", "cloudflare_rate_limit",
    "cloudflare_authenticated_origin_pulls", "mongodbatlas_cloud_backup_schedule", "mongodbatlas_backup_compliance_policy",
    "mongodbatlas_auditing", "mongodbatlas_alert_configuration", "mongodbatlas_encryption_at_rest", "digitalocean_firewall",
    "digitalocean_monitor_alert", "digitalocean_uptime_alert", "hcloud_firewall", "snowflake_network_policy", "snowflake_masking_policy",
    "snowflake_row_access_policy", "snowflake_resource_monitor", "datadog_monitor", "pagerduty_service", "grafana_rule_group", "vault_audit",
    "tfe_sentinel_policy", "tfe_policy_set", "opsgenie_alert_policy",
];

/// Types whose making is a program running somewhere.
const RUNS: &[&str] = &[
    "aws_lambda_invocation", "aws_ssm_association", "azurerm_virtual_machine_run_command",
    "azurerm_virtual_machine_extension", "azurerm_virtual_machine_scale_set_extension", "azurerm_resource_deployment_script_azure_cli",
    "azurerm_resource_deployment_script_azure_power_shell", "azurerm_automation_job_schedule", 
    "google_dataflow_job", "google_dataproc_job", "google_bigquery_job", "kubernetes_job", "kubernetes_job_v1", "kubernetes_cron_job",
    "kubernetes_cron_job_v1", "shell_script", "shell_sensitive_script", "ssh_resource", "sshcommand_exec", "snowflake_execute",
    "snowflake_unsafe_execute", "snowflake_procedure_sql", "ansible_playbook", "restapi_object",
    "terracurl_request", "mssql_script", "sql_migrate", "aap_job",
    "awx_job_template_launch",
];

/// Providers whose types the table knows: what it does not list of them holds no data, unless its name says so.
const KNOWN_PROVIDERS: &[&str] = &[
    "aws", "google", "azurerm", "azuread", "kubernetes", "helm", "digitalocean", "cloudflare", "mongodbatlas", "postgresql", "mysql",
    "snowflake", "github", "gitlab", "hcloud", "linode", "vault", "datadog",
];

/// Providers whose resources are nowhere but in the state file.
const STATE_ONLY: &[&str] = &["random", "null", "time", "tls", "terraform", "template", "cloudinit", "assert"];

/// What a type is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kind {
    /// A noun for people and for policies.
    pub(super) noun: &'static str,
    /// Whether somebody's data is in it.
    pub(super) holds_data: bool,
    pub(super) grants: bool,
    pub(super) guards: bool,
    pub(super) runs: bool,
    /// Whether it exists in the state file only.
    pub(super) in_state_only: bool,
    /// Whether it is a file on the machine that applies.
    pub(super) on_host: bool,
}

/// The table, ready to be asked.
pub(super) struct Kinds {
    stateful: HashMap<&'static str, &'static str>,
    grants: HashSet<&'static str>,
    guards: HashSet<&'static str>,
    runs: HashSet<&'static str>,
}

impl Kinds {
    pub(super) fn new() -> Self {
        let stateful = STATEFUL.iter().flat_map(|(noun, types)| types.iter().map(move |name| (*name, *noun))).collect();
        let set = |types: &[&'static str]| types.iter().copied().collect();
        Self { stateful, grants: set(GRANTS), guards: set(GUARDS), runs: set(RUNS) }
    }

    pub(super) fn of(&self, name: &str) -> Kind {
        let provider = name.split_once('_').map_or(name, |(provider, _)| provider);
        let listed = self.stateful.get(name).copied();
        let (guards, runs) = (self.guards.contains(name), self.runs.contains(name));
        let grants = !guards && (self.grants.contains(name) || gives(name));
        let settled = listed.is_some() || grants || guards || runs;
        let in_state_only = STATE_ONLY.contains(&provider);
        let on_host = provider == "local" || provider == "archive";
        let known = in_state_only || on_host || KNOWN_PROVIDERS.contains(&provider);
        // A setting of a stateful thing, or what joins two, has its words and none of its data.
        let worded = || name.split('_').skip(1).any(|word| STATEFUL_WORDS.contains(&word)) && !is_setting(name);
        let holds_data = listed.is_some() || (!settled && !in_state_only && !on_host && (!known || worded()));
        let noun = listed.unwrap_or(match (grants, guards, runs, in_state_only) {
            _ if on_host => "file",
            (true, ..) => "access",
            (_, true, ..) => "safeguard",
            (_, _, true, _) => "run",
            (.., true) => "state-value",
            _ => "resource",
        });
        Kind { noun, holds_data, grants, guards, runs, in_state_only, on_host }
    }

    /// The same for a data source: it reads what the type is, and only of some is that what people keep in it.
    pub(super) fn of_data(&self, name: &str) -> Kind {
        let kind = self.of(name);
        let holds_data = kind.holds_data && ["secret", "objects"].contains(&kind.noun);
        Kind { holds_data, grants: false, guards: false, ..kind }
    }
}

/// Whether a type gives rights by its name.
fn gives(name: &str) -> bool {
    let ends = ["_iam_member", "_iam_binding", "_iam_policy", "_policy_attachment", "_iam_custom_role"];
    name.starts_with("aws_iam_") || name.starts_with("snowflake_grant_") || ends.iter().any(|end| name.ends_with(end))
}

fn is_setting(name: &str) -> bool {
    let last = name.rsplit('_').next().unwrap_or_default();
    let joins = ["association", "attachment", "group", "link", "record"];
    let settings = ["config", "configuration", "policy", "rule", "schedule", "setting", "settings"];
    joins.contains(&last) || settings.contains(&last)
}

#[cfg(test)]
mod tests;
