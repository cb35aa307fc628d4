/* SPDX-License-Identifier: Apache-2.0 */
/* version.h: the release, in SemVer. provenance.jsonl and run.json carry it. */
#ifndef HEDUI_VERSION_H
#define HEDUI_VERSION_H

#define HEDUI_VERSION "0.1.0"

#endif
