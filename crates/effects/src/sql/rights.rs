//! Who may do what: `GRANT`, `REVOKE`, roles and users. Passwords are never repeated.

use action::{Certainty, Effect, Verb};
use sqlparser::ast::{AlterDefaultPrivilegesOperation, AlterRoleOperation, CreateRole, GrantObjects, Grantee, Ident, RoleOption, Statement};

use super::{Site, settings};

/// What it grants or takes; nothing where the statement is no such one.
pub(super) fn effects(statement: &Statement, site: &Site<'_>) -> Option<Vec<Effect>> {
    Some(match statement {
        Statement::Grant(grant) => {
            let note = format!("{} to {}", grant.privileges.to_string().to_lowercase(), grantees(&grant.grantees));
            let option = grant.with_grant_option.then_some("which may pass it on");
            on(grant.objects.as_ref(), site).map(|(kind, name)| granted(&kind, &name, &note, option, site)).collect()
        }
        Statement::GrantRole(grant) => {
            let note = format!("to {}", grantees(&grant.grantees));
            grant.roles.iter().map(|role| granted("role", &site.folded(role), &note, None, site)).collect()
        }
        Statement::AlterDefaultPrivileges(alter) => match &alter.operation {
            AlterDefaultPrivilegesOperation::Grant { grantees: to, .. } => {
                vec![granted("database", &site.name, &format!("on whatever is made later, to {}", grantees(to)), None, site)]
            }
            AlterDefaultPrivilegesOperation::Revoke { .. } => vec![taken("database", &site.name, site)],
        },
        Statement::Revoke(revoke) => on(revoke.objects.as_ref(), site).map(|(kind, name)| taken(&kind, &name, site)).collect(),
        Statement::RevokeRole(revoke) => revoke.roles.iter().map(|role| taken("role", &site.folded(role), site)).collect(),
        Statement::Deny(deny) => on(Some(&deny.objects), site).map(|(kind, name)| taken(&kind, &name, site)).collect(),
        Statement::CreateRole(create) => role(create, site),
        Statement::CreateUser(create) => {
            vec![site.effect(Verb::Grant, "role", &site.folded(&create.name)).with_certainty(Certainty::AtLeast).noted("a new user")]
        }
        Statement::AlterUser(alter) => {
            let effect = site.effect(Verb::Grant, "role", &site.folded(&alter.name)).with_certainty(Certainty::AtLeast);
            vec![effect.noted("its password, its rights or its settings change")]
        }
        Statement::AlterRole { name, operation } => altered(name, operation, site),
        Statement::CreateSecret { .. } => vec![site.effect(Verb::Grant, "secret", &site.name).noted("a new secret")],
        _ => return None,
    })
}

fn granted(kind: &str, name: &str, note: &str, more: Option<&str>, site: &Site<'_>) -> Effect {
    let effect = site.effect(Verb::Grant, kind, name).noted(note);
    more.into_iter().fold(effect, Effect::noted)
}

fn taken(kind: &str, name: &str, site: &Site<'_>) -> Effect {
    site.effect(Verb::Update, kind, name).noted("rights are taken away")
}

/// The things that rights are on; without any, the database.
fn on<'s>(objects: Option<&GrantObjects>, site: &'s Site<'_>) -> impl Iterator<Item = (String, String)> + use<'s> {
    let (kind, names) = match objects {
        Some(GrantObjects::Tables(names)) => ("table", names.as_slice()),
        Some(GrantObjects::Views(names)) => ("view", names.as_slice()),
        Some(GrantObjects::Schemas(names)) => ("schema", names.as_slice()),
        Some(GrantObjects::Databases(names)) => ("database", names.as_slice()),
        Some(GrantObjects::Sequences(names)) => ("sequence", names.as_slice()),
        Some(GrantObjects::AllTablesInSchema { schemas }) => ("all tables of schema", schemas.as_slice()),
        Some(GrantObjects::AllSequencesInSchema { schemas }) => ("all sequences of schema", schemas.as_slice()),
        Some(_) | None => ("database", [].as_slice()),
    };
    let mut pairs: Vec<(String, String)> = names.iter().map(|name| (kind.to_owned(), site.named(name))).collect();
    if pairs.is_empty() {
        pairs.push(("database".into(), site.name.clone()));
    }
    pairs.into_iter()
}

fn grantees(to: &[Grantee]) -> String {
    let names: Vec<String> = to.iter().take(4).filter_map(|one| one.name.as_ref()).map(|name| crate::path::quoted(&name.to_string())).collect();
    match (names.is_empty(), to.len() > 4) {
        (true, _) => "everybody".into(),
        (false, true) => format!("{}, …", names.join(", ")),
        (false, false) => names.join(", "),
    }
}

fn role(create: &CreateRole, site: &Site<'_>) -> Vec<Effect> {
    let mighty = [create.superuser, create.bypassrls, create.create_role, create.create_db, create.replication].contains(&Some(true));
    let member = !create.in_role.is_empty() || !create.in_group.is_empty() || !create.role.is_empty() || !create.user.is_empty();
    let member = member || !create.admin.is_empty();
    let effects = create.names.iter().map(|name| {
        let effect = site.effect(Verb::Grant, "role", &site.named(name)).noted("a new role");
        match (mighty, member) {
            (true, _) => effect.noted("with rights over the whole server"),
            (false, true) => effect.noted("with the rights of others"),
            (false, false) => effect,
        }
    });
    effects.collect()
}

fn altered(name: &Ident, operation: &AlterRoleOperation, site: &Site<'_>) -> Vec<Effect> {
    let role = site.folded(name);
    let changed = |note: &str| vec![site.effect(Verb::Grant, "role", &role).noted(note)];
    match operation {
        AlterRoleOperation::RenameRole { .. } => vec![site.effect(Verb::Update, "role", &role).noted("another name")],
        AlterRoleOperation::AddMember { .. } => changed("a new member"),
        AlterRoleOperation::DropMember { .. } => vec![taken("role", &role, site)],
        AlterRoleOperation::WithOptions { options } => {
            let mighty = options.iter().any(|option| {
                matches!(
                    option,
                    RoleOption::SuperUser(true)
                        | RoleOption::BypassRLS(true)
                        | RoleOption::CreateRole(true)
                        | RoleOption::CreateDB(true)
                        | RoleOption::Replication(true)
                )
            });
            changed(if mighty { "with rights over the whole server" } else { "its password or its rights change" })
        }
        AlterRoleOperation::Set { config_name, .. } => settings::server(&config_name.to_string(), site),
        AlterRoleOperation::Reset { .. } => vec![site.effect(Verb::Update, "role", &role).noted("its settings")],
    }
}

#[cfg(test)]
mod tests;
