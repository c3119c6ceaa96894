//! One specification: the files of its folder, and what they say together.
//!
//! Bytes come in and are kept as they are. A file that is odd, half-written or not UTF-8 is read as far as it goes, and what
//! was odd stands in the findings. What the documents should say is not known here; that is for the check.

mod odd;
mod source;

use serde::Serialize;

pub use source::SourceFile;

use crate::bugfix::Bugfix;
pub use crate::config::Kind;
use crate::config::Config;
use crate::design::Design;
use crate::finding::Finding;
use crate::requirements::{Criterion, Requirements};
use crate::tasks::Tasks;

#[cfg(test)]
mod tests;

/// One folder under `.kiro/specs`, read.
#[derive(Clone, Debug, Serialize)]
pub struct Spec {
    /// The folder's name.
    pub name: String,
    /// All its files, as they came.
    pub files: Vec<SourceFile>,
    /// A feature or a bug fix.
    pub kind: Kind,
    /// `.config.kiro`, else `spec.json`.
    pub config: Option<Config>,
    /// requirements.md.
    pub requirements: Option<Requirements>,
    /// bugfix.md.
    pub bugfix: Option<Bugfix>,
    /// design.md.
    pub design: Option<Design>,
    /// tasks.md.
    pub tasks: Option<Tasks>,
    /// What was odd about reading it.
    pub findings: Vec<Finding>,
}

impl Spec {
    /// Reads the files of one folder: names relative to it, and bytes.
    pub fn read(name: &str, files: Vec<(String, Vec<u8>)>) -> Self {
        let files: Vec<SourceFile> = files.into_iter().map(|(name, bytes)| SourceFile::new(name, bytes)).collect();
        let text = |name: &str| files.iter().find(|file| file.name == name).map(|file| file.text.as_str());
        let mut findings = Vec::new();
        let config = [".config.kiro", "spec.json"].into_iter().find_map(|file| {
            let (config, odd) = Config::read(file, text(file)?);
            findings.extend(odd);
            Some(config)
        });
        let requirements = text("requirements.md").map(Requirements::read);
        let bugfix = text("bugfix.md").map(Bugfix::read);
        let design = text("design.md").map(Design::read);
        let tasks = text("tasks.md").map(Tasks::read);
        let by_files = if bugfix.is_some() { Kind::Bugfix } else { Kind::Feature };
        let kind = config.as_ref().and_then(|config| config.kind).unwrap_or(by_files);
        let mut spec = Self { name: name.to_owned(), files, kind, config, requirements, bugfix, design, tasks, findings };
        let odd = odd::odd(&spec);
        spec.findings.extend(odd);
        spec
    }

    /// Sections of the design, each by its title with its text.
    pub fn design_sections(&self) -> impl Iterator<Item = (&str, &str)> {
        let text = self.text("design.md").unwrap_or_default();
        let sections = self.design.iter().flat_map(|design| &design.sections);
        sections.filter_map(move |section| Some((section.title.as_str(), text.get(section.span.clone())?)))
    }

    /// The section that is meant by a part of the design as tasks cite it: `§Storage`, `Storage`.
    pub fn design_section(&self, part: &str) -> Option<(&str, &str)> {
        let plain = |text: &str| text.trim_start_matches(['§', '#', ' ']).trim().to_lowercase();
        let wanted = plain(part);
        let is_it = |(title, _): &(&str, &str)| plain(title) == wanted;
        let begins = |(title, _): &(&str, &str)| !wanted.is_empty() && plain(title).starts_with(&wanted);
        self.design_sections().find(is_it).or_else(|| self.design_sections().find(begins))
    }

    /// All criteria: those of requirements.md, then the clauses of bugfix.md.
    pub fn criteria(&self) -> impl Iterator<Item = &Criterion> {
        let required = self.requirements.iter().flat_map(Requirements::criteria);
        required.chain(self.bugfix.iter().flat_map(Bugfix::criteria))
    }

    /// A file as text.
    pub fn text(&self, file: &str) -> Option<&str> {
        self.file(file).map(|file| file.text.as_str())
    }

    /// A file.
    pub fn file(&self, name: &str) -> Option<&SourceFile> {
        self.files.iter().find(|file| file.name == name)
    }
}
