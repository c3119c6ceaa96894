//! A session's MCP servers: what of them the model is offered, and how a person approves one.

use action::Deed;
use model::ToolShape;

use super::Session;
use crate::act::Acted;
use crate::book::BookError;
use crate::called::Called;
use crate::desk::Desk;
use crate::failure::SessionError;
use crate::happening::Happening;
use crate::mcp;

impl Session<'_> {
    /// Offers the model what people have approved of these servers. None runs before it is asked something.
    pub fn offer(&mut self, servers: mcp::Servers) {
        self.servers = servers;
        self.reshape();
    }

    /// Starts a server to see what it offers, and asks for the person's approval of that.
    pub fn approve_server(&mut self, name: &str, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<mcp::Approval, SessionError> {
        let approval = mcp::approve(&mut self.seat(desk, watch), name)?;
        self.flush()?;
        Ok(approval)
    }

    pub(super) fn ask_server(&mut self, deed: Deed, desk: &mut dyn Desk, watch: &mut dyn FnMut(Happening<'_>)) -> Result<Acted, BookError> {
        let acted = mcp::ask(&mut self.seat(desk, watch), deed);
        self.reshape();
        self.tell_of_servers(watch);
        acted
    }

    /// What the person should know of them, once.
    pub(super) fn tell_of_servers(&mut self, watch: &mut dyn FnMut(Happening<'_>)) {
        for text in self.servers.take_notes() {
            watch(Happening::Complaint { text: &text });
        }
    }

    /// Models are told of what is offered now.
    pub(super) fn reshape(&mut self) {
        let mut offered = self.servers.shapes();
        offered.retain(|shape| self.has_tool(&Called::offered(&shape.name)));
        self.shapes = reshaped(std::mem::take(&mut self.shapes), offered);
    }
}

/// What is as it was keeps its place and what is new comes last, so that providers can go on caching what stands before it.
fn reshaped(known: Vec<ToolShape>, mut offered: Vec<ToolShape>) -> Vec<ToolShape> {
    let stays = |shape: &ToolShape| !shape.name.starts_with(mcp::PREFIX) || offered.contains(shape);
    let mut shapes: Vec<ToolShape> = known.into_iter().filter(stays).collect();
    offered.retain(|shape| !shapes.contains(shape));
    shapes.extend(offered);
    shapes
}

#[cfg(test)]
mod tests;
