use action::{Certainty, Effects, Tier, Verb};

use crate::aws::tests::facts;
use crate::facts::Facts;
use crate::place::Place;
use crate::shell::read;

const TEMPLATE: &str = "Resources:\n  Orders:\n    Type: AWS::DynamoDB::Table\n    DeletionPolicy: Delete\n";

fn effects(text: &str) -> Effects {
    let mut facts: Facts = facts();
    facts.scripts.extend([("wipe.sql", "delete from orders"), ("stack.yaml", TEMPLATE)].map(|(name, text)| (name.to_owned(), text.to_owned())));
    read(text, &facts, Place::Host)
}

fn opaque(text: &str) -> bool {
    effects(text).iter().any(|e| e.certainty == Certainty::Opaque)
}

#[test]
fn statements_land_where_the_credentials_do() {
    for text in [
        "aws redshift-data execute-statement --profile prod --database app --sql 'delete from orders'",
        "aws redshift-data execute-statement --profile prod --sql file://wipe.sql",
        "aws redshift-data batch-execute-statement --profile prod --sqls 'select 1' 'delete from orders'",
        "aws rds-data execute-statement --profile prod --resource-arn r --secret-arn s --sql 'delete from orders'",
        "aws athena start-query-execution --profile prod --query-string 'delete from orders'",
    ] {
        let all = effects(text);
        let lost = all.iter().any(|e| e.verb == Verb::Delete && e.tier == Tier::Production && e.resource.name.contains("orders"));
        assert!(lost && !opaque(text), "{text}: {:#?}", all.lines());
    }
}

#[test]
fn statements_that_nobody_reads_stay_opaque() {
    for text in [
        "aws redshift-data execute-statement --sql \"$q\"",
        "aws redshift-data execute-statement --sql file://missing.sql",
        "aws redshift-data batch-execute-statement --sqls 'select 1' \"$q\"",
        "aws redshift-data execute-statement --sql 'call x()'",
        "aws redshift-data execute-statement --sql 'select 1' $more",
        "aws redshift-data execute-statement --cli-input-json file://x.json",
        "aws dynamodb execute-statement --statement 'select 1'",
        "aws athena start-calculation-execution --session-id s --code-block x",
    ] {
        assert!(opaque(text), "{text}: {:#?}", effects(text).lines());
    }
}

#[test]
fn a_template_is_read_beside_the_operation() {
    for text in [
        "aws cloudformation deploy --template-file stack.yaml --stack-name shop",
        "aws cloudformation create-stack --template-body file://stack.yaml --stack-name shop",
    ] {
        let all = effects(text);
        assert!(all.iter().any(|e| e.resource.name.contains("Orders")), "{text}: {:#?}", all.lines());
        assert!(all.iter().any(|e| e.resource.name.contains("shop")), "{text}: {:#?}", all.lines());
    }
    assert!(opaque("aws cloudformation deploy --template-file missing.yaml --stack-name shop"));
}
