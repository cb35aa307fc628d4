/* SPDX-License-Identifier: Apache-2.0 */
/* version.h: the release, in SemVer. provenance.jsonl and run.json carry it. */
#ifndef HEDUI_VERSION_H
#define HEDUI_VERSION_H

#define HEDUI_VERSION "0.1.0"
#define HEDUI_RELEASED "2026-11-25" /* a clock that says less is wrong; the manual quotes it */

#endif
