//! What the model is told when it works on a specification. Guidance for the model; whether a document or a task is good is
//! decided by reading and running, never by what stands here.

use spec::check::Cited;
use spec::folder::Spec;
use spec::tasks::Task;

use super::brief::Brief;
use super::evidence::{Expect, Judgement, demanded};
use super::part::{Part, Toward, Workflow};

/// A document longer than this is not repeated in a prompt; the model reads the file.
const LONGEST: usize = 48 * 1024;

/// The first words of a stage.
pub(super) fn drafting(brief: &Brief, parts: &[Part]) -> String {
    let mut text = format!("The person wants this:\n\n{}\n\nDo not build it yet. Look at the code that it concerns first, then write ", brief.wish);
    let files: Vec<String> = parts.iter().map(|part| format!("`{}`", brief.path(part.file()))).collect();
    text.push_str(&(format!("{} (whole files, with the write tool), and change nothing else.\n", files.join(", then ")) + "\n"));
    parts.iter().for_each(|part| text.push_str(form(*part, brief.workflow)));
    text.push_str(&format!("\nDocuments of this specification that are there already are in `{}`; read and follow them. ", brief.folder));
    text.push_str("Write what the code base really needs: names of its modules, its language, its way of testing. End with two sentences on what you were unsure of.");
    text
}

/// What the person says to a draft.
pub(super) fn remark(brief: &Brief, parts: &[Part], remark: &str) -> String {
    let files: Vec<String> = parts.iter().map(|part| format!("`{}`", brief.path(part.file()))).collect();
    format!("The person read {} and says:\n\n{remark}\n\nChange the document accordingly, and nothing else.", files.join(", "))
}

/// What is wrong with a document.
pub(super) fn mend(path: &str, why: &str) -> String {
    format!("`{path}` cannot be used yet:\n\n{why}\n\nMend the file (keep what is right in it), and change nothing else.")
}

/// A question on the specification.
pub(super) fn question(brief: &Brief, question: &str) -> String {
    format!(
        "A question on the specification in `{}` and the code that was made for it. Read what you need of both, change nothing, and answer with \
         the numbers of criteria and tasks and with the paths and lines that you mean:\n\n{question}",
        brief.folder
    )
}

/// What drifted, and what is to follow.
pub(super) fn sync(brief: &Brief, toward: Toward, drift: &[String]) -> String {
    let what = match toward {
        Toward::Documents => "Change the documents, and nothing else, so that they say what the code does now. Keep the numbers of criteria and tasks that stay, and the form of the files.",
        Toward::Code => "Change the code, its tests and its documentation so that they do what the documents say. Do not change the documents. Run the project's own tests.",
    };
    format!("The specification in `{}` and the code that was made for it have drifted apart:\n\n- {}\n\nRead both. {what}", brief.folder, drift.join("\n- "))
}

fn form(part: Part, workflow: Workflow) -> &'static str {
    match part {
        Part::Requirements => {
            "requirements.md has this form: `# Requirements Document`, `## Introduction`, `## Glossary` (`- **Term**: what it means here`), `## Requirements`, \
             then for each `### Requirement N: Title`, `**User Story:** As a …, I want …, so that …`, `#### Acceptance Criteria` and a numbered list. \
             Each criterion is one sentence in EARS form with a named system: `WHEN <event>, THE <system> SHALL <response>`, `WHILE <state>, …`, \
             `IF <unwanted condition>, THEN THE <system> SHALL …`, `WHERE <feature>, …`, or `THE <system> SHALL …`. Say numbers, units and borders; no \
             word that two people read in two ways (fast, appropriate, user-friendly, etc.).\n"
        }
        Part::Bugfix => {
            "bugfix.md has this form: `# Bugfix Requirements Document`, `## Introduction`, `## Bug Analysis`, `### Current Behavior (Defect)` with clauses \
             `1.1 WHEN … THEN the system …`, `### Expected Behavior (Correct)` with `2.1 WHEN … THEN the system SHALL …`, `### Unchanged Behavior (Regression \
             Prevention)` with `3.1 WHEN … THEN the system SHALL CONTINUE TO …`.\n"
        }
        Part::Settings | Part::OldSettings => "",
        Part::Design => match workflow {
            Workflow::Bugfix => {
                "design.md has `## Overview`, `## Bug Details`, `## Expected Behavior`, `## Hypothesized Root Cause`, `## Correctness Properties`, \
                 `## Fix Implementation` (files and functions), `## Testing Strategy`.\n"
            }
            _ => {
                "design.md has `## Overview`, `## Architecture`, `## Components and Interfaces`, `## Data Models`, `## Correctness Properties` (each \
                 `### Property N: Name`, then `*For any* … SHALL …`, then `**Validates: Requirements 1.1, 1.2**`), `## Error Handling`, `## Testing Strategy`.\n"
            }
        },
        Part::Tasks => match workflow {
            Workflow::Bugfix => {
                "tasks.md has `# Implementation Plan` and `## Tasks`: 1. a bug-condition exploration test that fails on the code as it is; 2. preservation tests \
                 of every clause of what must stay, that pass before and after; 3. the fix; 4. a checkpoint. Each `- [ ] N. Text` with indented details and \
                 `_Requirements: 2.1_` (task 2: `_Requirements: 3.1, 3.2_`).\n"
            }
            _ => {
                "tasks.md has `# Implementation Plan`, `## Tasks` and a list `- [ ] 1. Text` with sub-tasks `  - [ ] 1.1 Text`, each small enough for one sitting and \
                 complete in itself: code, its unit tests and its documentation. Details are indented bullets; the task that makes a property of the design hold has \
                 the bullet `**Property N: Name**`, and each task ends with `_Requirements: 1.1, 1.2_`. Every criterion and every property is cited. At the end `## Task Dependency Graph` with a ```json block \
                 `{\"waves\":[{\"id\":0,\"tasks\":[\"1.1\",\"1.2\"]},…]}`: tasks in one wave do not touch the same files.\n"
            }
        },
    }
}

/// How a task of a specification is told from the others.
pub(super) fn id_of(spec: &Spec, task: &Task) -> String {
    spec.tasks.as_ref().map_or_else(String::new, |tasks| tasks.id_of(task))
}

/// The first words of a task's session.
pub(super) fn task(brief: &Brief, spec: &Spec, task: &Task, expect: Expect) -> String {
    let number = id_of(spec, task);
    let mut text = format!("Do task {number} of the specification `{}`, and only that:\n\n{}\n", brief.folder, task.text);
    task.details.iter().for_each(|detail| {
        text.push_str(&(format!("- {}", detail.text) + "\n"));
    });
    let cited = Cited::of(spec);
    let criteria: Vec<_> = task.references.iter().filter_map(|reference| cited.follow(&reference.to).ok()).flatten().collect();
    if !criteria.is_empty() {
        text.push_str("\nIt has to meet these criteria:\n");
        criteria.iter().for_each(|criterion| {
            text.push_str(&(format!("{}: {}", criterion.id, criterion.text) + "\n"));
        });
    }
    let properties = demanded(brief, spec, task);
    if !properties.is_empty() && matches!(expect, Expect::Work) {
        text.push_str(&format!("\nIt has to show these properties of the design, each by a property-based test: {}.\n", properties.join(", ")));
    }
    for file in ["design.md", "bugfix.md"] {
        if let Some(document) = spec.text(file).filter(|text| text.len() <= LONGEST) {
            text.push_str(&format!("\n<document path=\"{}\">\n{document}\n</document>\n", brief.path(file)));
        }
    }
    text.push_str(match expect {
        Expect::Exploration => "\nWrite the test that shows the bug. It has to fail on the code as it is; do not fix anything.\n",
        Expect::Preservation => "\nWrite tests of what must stay as it is. They pass on the code as it is; do not change the code.\n",
        Expect::Checkpoint => "\nThis is a checkpoint: run all tests and mend what does not pass. Where all pass, change nothing.\n",
        Expect::Work => "\nWrite the tests first, in files of their own where the language allows it, and see them fail; then write the code, and see all tests pass.\n",
    });
    text.push_str(&how(brief));
    text
}

fn how(brief: &Brief) -> String {
    let mut text = String::from("Above each test stands a comment that says what it tests: `Validates: Requirements 1.1` (the numbers as above)");
    text.push_str(&format!(", and for a property `Feature: {}, Property N: …`. ", brief.name));
    for runner in &brief.runners {
        text.push_str(&format!("Tests of {} run with `{}` in `{}`. ", runner.language, runner.all, runner.folder));
        if let Some(library) = runner.property_library {
            let ready = if runner.property_ready { "" } else { " (add it as a dependency of the tests)" };
            text.push_str(&format!("For a criterion that says \"for any\", and for each property of the task, write a property-based test with {library}{ready}: examples do not count. "));
        }
    }
    if !brief.has_docs {
        text.push_str("The project had no documentation: write a README.md, or add to the one that is there now. ");
    }
    text.push_str("Where behaviour changes that a user or a caller sees, change the documentation with it: the README or the pages that tell it, and the comments that document what callers call. ");
    if let Some(changelog) = &brief.changelog {
        text.push_str(&format!("Say what changed in `{changelog}`. "));
    }
    text.push_str(&format!("Do not edit anything in `{}`.", brief.folder));
    text
}

/// What is missing for the task to be done.
pub(super) fn missing(judgement: &Judgement) -> String {
    let mut text = String::from("The task is not done. This was looked at:\n");
    for line in &judgement.lines {
        text.push_str(&(format!("- {}: {} {}", line.what, if line.ok { "yes," } else { "NO," }, line.text) + "\n"));
    }
    text.push_str("Do what is missing. Nothing else counts than what is seen: a test that fails without the change and passes with it.");
    text
}

/// Why a task is begun again on what others have done meanwhile.
pub(super) fn again(paths: &[String]) -> String {
    match paths {
        [] => "\nAnother task was done at the same time, and together with it the tests failed. You start again on the merged state: make both hold.".to_owned(),
        paths => format!("\nAnother task changed the same files meanwhile ({}). You start again on the merged state: keep what it did.", paths.join(", ")),
    }
}
