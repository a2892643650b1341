# Copyright (c) 2026 The vmtime.linux authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How Sphinx builds the documentation site from the pages that antsibull-docs writes."""

from __future__ import annotations

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

project = "vmtime.linux"
copyright = "2026 The vmtime.linux authors"
title = html_short_title = "vmtime.linux: the right time on Linux virtual machines"
extensions = ["sphinx_antsibull_ext"]
pygments_style = "ansible"
highlight_language = "YAML+Jinja"
html_theme = "sphinx_ansible_theme"
html_theme_options = {"topbar_links": {}, "documentation_home_url": "index.html"}
html_show_sphinx = False
html_copy_source = False
html_use_index = False
default_role = "any"

# What the pages name of Ansible's own site, which can't be asked while this one is built.
ANSIBLE = "https://docs.ansible.com/projects/ansible/latest"
PAGES = {
    "action_plugins": "plugins/action.html",
    "ansible_configuration_settings": "reference_appendices/config.html",
    "common_return_values": "reference_appendices/common_return_values.html",
}


def _ansible_page(
    app: Sphinx,
    env: BuildEnvironment,
    node: addnodes.pending_xref,
    shown: nodes.TextElement,
) -> nodes.reference | None:
    label = node["reftarget"]
    if label not in PAGES:
        return None
    return nodes.reference("", "", shown, refuri=f"{ANSIBLE}/{PAGES[label]}#{label}")


def setup(app: Sphinx) -> None:
    app.connect("missing-reference", _ansible_page)
