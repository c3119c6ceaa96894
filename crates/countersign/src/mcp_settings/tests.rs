use super::*;

fn allows(settings: &str, server: &str, address: Option<&str>, variable: &str) -> bool {
    #[derive(Deserialize)]
    struct Whole {
        mcp_variables: McpVariables,
    }
    toml::from_str::<Whole>(settings).unwrap().mcp_variables.allow(server, address, variable)
}

#[test]
fn a_list_is_for_every_server() {
    let list = r#"mcp_variables = ["TOKEN"]"#;
    assert!(allows(list, "one", None, "TOKEN") && allows(list, "other", Some("https://a.example/mcp"), "TOKEN"));
    assert!(!allows(list, "one", None, "OTHER"));
}

#[test]
fn a_table_is_for_the_servers_that_it_names_and_an_address_goes_before_a_name() {
    let table = "[mcp_variables]\nlocal = [\"TOKEN\"]\n\"https://a.example/mcp\" = [\"FAR\"]\n";
    assert!(allows(table, "local", None, "TOKEN"));
    assert!(!allows(table, "other", None, "TOKEN"));
    assert!(allows(table, "any", Some("https://a.example/mcp"), "FAR"));
    assert!(!allows(table, "any", Some("https://b.example/mcp"), "FAR"));
    assert!(!allows(table, "local", Some("https://b.example/mcp"), "TOKEN"), "a known name at another host");
}

#[test]
fn a_program_that_is_named_like_an_address_sees_nothing_that_is_for_the_address() {
    let table = "[mcp_variables]\n\"https://a.example/mcp\" = [\"FAR\"]\n";
    assert!(!allows(table, "https://a.example/mcp", None, "FAR"));
    assert!(!allows(r#"mcp_variables = ["FAR"]"#, "https://a.example/mcp", None, "FAR"));
}
