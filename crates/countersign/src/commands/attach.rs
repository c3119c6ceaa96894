//! Images and documents that go to the model with a prompt.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;
use model::{Attachment, BadAttachment, Medium, Model};

use crate::screen::Misuse;

/// `--attach`.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct AttachArgs {
    /// An image (PNG, JPEG, GIF or WebP) or a PDF document for the model. May be given several times.
    #[arg(long, value_name = "FILE")]
    attach: Vec<PathBuf>,
}

impl AttachArgs {
    /// Reads them, for a model that takes them.
    pub(crate) fn files(&self, model: &dyn Model) -> anyhow::Result<Vec<Attachment>> {
        if self.attach.len() > Attachment::MOST {
            return Err(Misuse(format!("{} files are more than the {} that one conversation may have", self.attach.len(), Attachment::MOST)).into());
        }
        let files: Vec<Attachment> = self.attach.iter().map(|path| read(path, model)).collect::<Result<_, _>>()?;
        Attachment::fit_together(&files, model.context_limit()).map_err(|why| Misuse(why.to_string()))?;
        Ok(files)
    }
}

fn read(path: &Path, model: &dyn Model) -> anyhow::Result<Attachment> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|e| Misuse(format!("`{}` cannot be attached: {e}", path.display())))?;
    file.take(Attachment::LARGEST + 1).read_to_end(&mut bytes).with_context(|| format!("{} cannot be read", path.display()))?;
    let name = path.file_name().map_or_else(|| path.to_string_lossy(), |name| name.to_string_lossy());
    let file = Attachment::read(&name, &bytes).map_err(|why| {
        let size = std::fs::metadata(path).map_or(bytes.len() as u64, |found| found.len());
        let why = if let BadAttachment::TooLarge { most, .. } = why { BadAttachment::TooLarge { bytes: size, most } } else { why };
        Misuse(format!("`{}` cannot be attached: {why}", path.display()))
    })?;
    match (model.takes(file.medium()), file.medium()) {
        (true, _) => Ok(file),
        (false, Medium::Images) => Err(Misuse(format!("nothing is known of `{}` taking images, so none is sent\nhint: choose another model with --model", model.name())).into()),
        (false, Medium::Pdfs) => {
            let what = format!("nothing is known of `{}` taking PDF documents, so none is sent", model.name());
            Err(Misuse(format!("{what}\nhint: `pdftotext FILE - | countersign run \"…: -\"` gives it the text, or choose another model with --model")).into())
        }
    }
}
