//! Built-in functions that only compute, by name.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Whether a built-in function of this name, in lower case, only computes, in every engine that has it.
pub(super) fn is_pure(name: &str) -> bool {
    NAMES.contains(name) || FAMILIES.iter().any(|family| name.starts_with(family))
}

static NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| PURE.iter().flat_map(|family| family.split_whitespace()).collect());

/// Beginnings of names that no engine gives to anything else: geometry, and SQLite's looks at itself.
const FAMILIES: &[&str] = &["st_", "pragma_table_", "pragma_index_", "pragma_foreign_key_list", "pragma_database_list"];

const PURE: &[&str] = &[
    // Sums, windows and sets.
    "count sum avg min max total any_value array_agg string_agg group_concat listagg json_agg jsonb_agg json_object_agg jsonb_object_agg xmlagg \
     bool_and bool_or every bit_and bit_or bit_xor stddev stddev_pop stddev_samp variance var_pop var_samp stdev stdevp var varp corr covar_pop \
     covar_samp regr_slope regr_intercept regr_count regr_r2 regr_avgx regr_avgy regr_sxx regr_sxy regr_syy percentile_cont percentile_disc mode \
     median row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value grouping grouping_id \
     approx_count_distinct approx_quantiles approx_top_count approx_top_sum countif logical_and logical_or array_concat_agg json_arrayagg \
     json_objectagg json_group_array json_group_object jsonb_group_array jsonb_group_object checksum_agg count_big range_agg std \
     generate_series unnest json_each json_tree jsonb_each jsonb_each_text json_each_text json_array_elements jsonb_array_elements \
     json_array_elements_text jsonb_array_elements_text json_object_keys jsonb_object_keys json_to_record jsonb_to_record json_to_recordset \
     jsonb_to_recordset json_populate_record jsonb_populate_record json_populate_recordset jsonb_populate_recordset json_table openjson \
     string_split regexp_split_to_table regexp_matches string_to_table generate_subscripts generate_array generate_date_array \
     generate_timestamp_array xmltable generate_uuid generate_range_array",
    // Conditions and conversions.
    "coalesce nullif ifnull isnull nvl nvl2 iif if greatest least decode choose cast try_cast safe_cast convert try_convert parse try_parse typeof \
     pg_typeof format to_char to_date to_number to_timestamp to_json to_jsonb row_to_json array_to_json to_hex from_hex to_base64 from_base64 \
     to_base32 from_base32 quote quote_ident quote_literal quote_nullable quotename unistr num_nulls num_nonnulls row values value inet_aton inet_ntoa \
     inet6_aton inet6_ntoa is_ipv4 is_ipv6 likely unlikely likelihood error assert safe_convert_bytes_to_string code_points_to_string \
     code_points_to_bytes to_code_points bool int64 float64 string numeric bignumeric bytes struct array isnumeric isdate iserror",
    // Numbers.
    "abs ceil ceiling floor round trunc truncate mod div power pow sqrt cbrt exp ln log log2 log10 sign pi degrees radians sin cos tan cot asin acos \
     atan atan2 sinh cosh tanh asinh acosh atanh random rand random_normal randomblob setseed gcd lcm factorial width_bucket min_scale scale \
     trim_scale crc32 conv bin oct hex unhex square atn2 ieee_divide safe_divide safe_multiply safe_add safe_subtract safe_negate is_inf is_nan \
     range_bucket bit_count bit_length zeroblob erf erfc",
    // Texts.
    "length len char_length character_length octet_length datalength lower upper lcase ucase initcap trim ltrim rtrim btrim left right lpad rpad \
     substr substring substring_index mid replace translate reverse repeat replicate space concat concat_ws position strpos instr locate charindex \
     patindex ascii char chr unicode nchar soundex difference metaphone levenshtein similarity word_similarity show_trgm overlay split split_part \
     string_to_array array_to_string regexp_replace regexp_match regexp_like regexp_substr regexp_instr regexp_count regexp_contains regexp_extract \
     regexp_extract_all regexp_split_to_array starts_with ends_with startswith contains_substr contains field find_in_set elt insert strcmp stuff \
     string_escape glob like match printf normalize normalize_and_casefold collate collation charset coercibility unaccent to_tsvector \
     to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery ts_rank ts_rank_cd ts_headline setweight strip numnode querytree \
     highlight snippet bm25 format_bytes convert_from convert_to encode get_bit get_byte set_bit set_byte \
      regexp byte_length export_set make_set ord weight_string json_quote json_unquote ",
    // Times.
    "now current_timestamp current_date current_time localtime localtimestamp transaction_timestamp statement_timestamp clock_timestamp timeofday \
     sysdate getdate getutcdate sysdatetime sysutcdatetime sysdatetimeoffset curdate curtime utc_date utc_time utc_timestamp unix_timestamp \
     from_unixtime unixepoch date time datetime timestamp julianday strftime timediff age date_part date_trunc date_bin extract make_date make_time \
     make_timestamp make_timestamptz make_interval justify_days justify_hours justify_interval isfinite date_add date_sub date_diff datediff dateadd \
     datepart datename datefromparts datetimefromparts datetime2fromparts timefromparts eomonth switchoffset todatetimeoffset datediff_big datetrunc \
     date_bucket adddate subdate addtime subtime timestampadd timestampdiff datetime_add datetime_sub datetime_diff datetime_trunc timestamp_add \
     timestamp_sub timestamp_diff timestamp_trunc timestamp_seconds timestamp_millis timestamp_micros unix_seconds unix_millis unix_micros unix_date \
     date_from_unix_date time_add time_sub time_diff time_trunc format_date format_datetime format_time format_timestamp parse_date parse_datetime \
     parse_time parse_timestamp current_datetime last_day day dayname dayofmonth dayofweek dayofyear hour minute second microsecond month monthname \
     quarter week weekday weekofyear year yearweek makedate maketime sec_to_time time_to_sec time_format date_format str_to_date get_format \
     from_days to_days to_seconds period_add period_diff convert_tz interval pg_sleep pg_sleep_for pg_sleep_until sleep benchmark",
    // JSON, arrays, ranges, XML.
    "json json_array json_object json_extract json_value json_query json_set json_insert json_replace json_remove json_patch json_type json_valid \
     json_array_length json_length json_keys json_contains json_contains_path json_search json_depth json_pretty json_merge json_merge_patch \
     json_merge_preserve json_array_append json_array_insert json_overlaps json_schema_valid json_storage_size json_modify json_path_exists isjson \
     json_extract_scalar json_extract_array json_extract_string_array json_query_array json_value_array json_strip_nulls json_typeof json_scalar \
     json_serialize json_build_object json_build_array json_extract_path json_extract_path_text json_exists to_json_string parse_json json_error_position \
     jsonb jsonb_array jsonb_object jsonb_set jsonb_set_lax jsonb_insert jsonb_extract jsonb_extract_path jsonb_extract_path_text jsonb_typeof \
     jsonb_pretty jsonb_strip_nulls jsonb_array_length jsonb_build_object jsonb_build_array jsonb_path_query jsonb_path_query_array \
     jsonb_path_query_first jsonb_path_exists jsonb_path_match jsonb_patch jsonb_remove jsonb_replace jsonb_concat jsonb_exists \
     array_length array_position array_positions array_append array_prepend array_cat array_remove array_replace array_dims array_lower array_upper \
     array_ndims array_fill cardinality trim_array array_concat array_reverse array_includes array_sample array_shuffle array_sort offset safe_offset \
     ordinal safe_ordinal isempty lower_inc upper_inc lower_inf upper_inf range_merge range_intersect_agg int4range int8range numrange tsrange \
     tstzrange daterange range_contains range_overlaps range_start range_end xpath xpath_exists xmlelement xmlforest xmlconcat xmlparse xmlserialize \
     xmlroot xmlcomment extractvalue updatexml hstore akeys avals skeys svals ",
    // Digests, identifiers.
    "md5 sha sha1 sha2 sha224 sha256 sha384 sha512 digest hmac crypt gen_salt farm_fingerprint hashbytes checksum binary_checksum gen_random_uuid \
     gen_random_bytes uuid uuidv4 uuidv7 uuid_short uuid_to_bin bin_to_uuid is_uuid uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 newid \
     newsequentialid random_bytes encrypt decrypt pgp_sym_encrypt pgp_sym_decrypt pgp_pub_encrypt pgp_pub_decrypt aes_encrypt aes_decrypt compress \
     uncompress decompress uncompressed_length hashtext hashint4 hashint8",
    // Looks at the database and the session.
    "version sqlite_version sqlite_source_id current_database current_schema current_schemas current_catalog current_user session_user user \
     system_user current_role database schema connection_id last_insert_id last_insert_rowid row_count rowcount changes total_changes found_rows \
     currval lastval scope_identity ident_current identity pg_backend_pid pg_postmaster_start_time pg_conf_load_time pg_is_in_recovery pg_database_size \
     pg_relation_size pg_total_relation_size pg_table_size pg_indexes_size pg_size_pretty pg_size_bytes pg_tablespace_size pg_column_size \
     pg_relation_filepath pg_relation_filenode pg_get_viewdef pg_get_functiondef pg_get_constraintdef pg_get_indexdef pg_get_triggerdef pg_get_ruledef \
     pg_get_expr pg_get_userbyid pg_get_serial_sequence pg_get_function_arguments pg_get_function_result pg_get_function_identity_arguments \
     pg_get_keywords pg_table_is_visible pg_type_is_visible pg_function_is_visible pg_encoding_to_char format_type obj_description col_description \
     shobj_description to_regclass to_regtype to_regproc to_regrole to_regnamespace has_table_privilege has_schema_privilege has_database_privilege \
     has_column_privilege has_function_privilege has_sequence_privilege pg_has_role row_security_active current_setting current_query inet_client_addr \
     inet_client_port inet_server_addr inet_server_port pg_current_wal_lsn pg_last_wal_receive_lsn pg_last_wal_replay_lsn pg_wal_lsn_diff \
     pg_last_xact_replay_timestamp txid_current pg_current_xact_id pg_blocking_pids pg_safe_snapshot_blocking_pids pg_stat_get_activity \
     pg_show_all_settings pg_options_to_table pg_tablespace_location pg_char_to_encoding pg_my_temp_schema pg_trigger_depth pg_lock_status \
     pg_advisory_lock pg_advisory_lock_shared pg_advisory_unlock pg_advisory_unlock_shared pg_advisory_unlock_all pg_advisory_xact_lock \
     pg_advisory_xact_lock_shared pg_try_advisory_lock pg_try_advisory_xact_lock get_lock release_lock is_free_lock is_used_lock release_all_locks \
     object_id object_name object_definition object_schema_name schema_id schema_name db_id db_name col_name col_length columnproperty objectproperty \
     objectpropertyex type_id type_name user_id user_name suser_id suser_name suser_sname suser_sid host_name host_id app_name original_login \
     has_perms_by_name is_member is_rolemember is_srvrolemember databasepropertyex serverproperty sessionproperty connectionproperty context_info \
     session_context error_message error_number error_severity error_state error_line error_procedure xact_state filegroup_name file_name \
     index_col indexproperty stats_date typeproperty fulltextcatalogproperty min_active_rowversion sqlite_compileoption_get sqlite_compileoption_used \
     sqlite_offset format_bytes ps_current_thread_id icu_version pg_jit_available default \
     session_id",
];
