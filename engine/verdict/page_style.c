/* SPDX-License-Identifier: Apache-2.0 */
/* page_style.c: the style sheet of all pages, screen and A4.
 *
 * Fonts    whatever the office has, a print face first; behind it faces that hold the rare
 *          characters of names (extensions B and later): a browser asks them glyph by glyph.
 * Print    `thead` of the frame repeats on every page, so each sheet bears its case number; what
 *          belongs together (a finding, a row, the place for the seal) is not torn apart. */
#include <stddef.h>

#include "engine/base/ban.h"

extern const char *const page_style[];
const char *const page_style[] = {
    /* the sheet */
    "*{box-sizing:border-box}"
    "html{-webkit-text-size-adjust:100%}"
    "body{margin:0;background:#e8eaed;color:#1a1c1e;font:16px/1.7 'Noto Serif CJK SC',"
    "'Source Han Serif SC','Songti SC',SimSun,NSimSun,'宋体',STSong,'SimSun-ExtB','SimSun-ExtG',"
    "'MingLiU-ExtB',HanaMinA,HanaMinB,'BabelStone Han','Plangothic P1','Plangothic P2',Jigmo,"
    "Jigmo2,Jigmo3,'WenQuanYi Zen Hei',serif;font-variant-numeric:tabular-nums}"
    ".frame{width:100%;max-width:225mm;margin:24px auto;background:#fff;border-collapse:collapse;"
    "box-shadow:0 1px 6px #0003}"
    ".frame>tbody>tr>td,.frame>thead>tr>td{padding:0 14mm}"
    ".frame>tbody>tr:first-child>td{padding-top:4mm}"
    ".frame>tbody>tr:last-child>td{padding-bottom:12mm}"
    ".running{display:flex;justify-content:space-between;gap:1em;margin-top:8mm;padding-bottom:4px;"
    "border-bottom:1px solid #777;font-size:13px;color:#444}"
    ".mark{position:fixed;inset:0;overflow:hidden;pointer-events:none;z-index:1;display:grid;"
    "place-content:space-evenly center;color:#1a1c1e;opacity:.05;font-size:26px;white-space:nowrap}"
    ".mark span{display:block;transform:rotate(-24deg)}"
    /* words */
    "h1{margin:.3em 0 .2em;text-align:center;font-size:27px;line-height:1.4;font-weight:700;"
    "letter-spacing:.06em}"
    "h2{margin:1.5em 0 .5em;font-size:19px;line-height:1.4;break-after:avoid}"
    "h3{margin:1em 0 .4em;font-size:16px;break-after:avoid}"
    "p{margin:.4em 0}ul,ol{margin:.3em 0;padding-left:1.6em}"
    ".sub{text-align:center;color:#444}.small{font-size:14px;color:#444}p.small{break-before:avoid}"
    "code,.code{font-family:'Noto Sans Mono CJK SC',Consolas,'DejaVu Sans Mono',monospace;"
    "font-size:.9em;overflow-wrap:anywhere}"
    "a{color:#0b4f9c}", /* tables */
    ".t{width:100%;border-collapse:collapse;font-size:14.5px;line-height:1.55}"
    ".t th,.t td{border:1px solid #8a8f94;padding:4px 8px;text-align:left;vertical-align:top;"
    "overflow-wrap:anywhere}"
    ".t th{background:#f1f3f4;font-weight:600}.t thead{display:table-header-group}"
    ".t tr{break-inside:avoid}"
    ".t .n{text-align:right;white-space:nowrap}.t thead .n{white-space:normal}.t "
    ".w{white-space:nowrap}"
    ".t caption{text-align:left;font-weight:600;padding:.4em 0;break-after:avoid}"
    ".pairs th{width:7.5em}.pairs code{word-break:break-all}"
    /* the conclusion */
    ".end{border:2px solid #1a1c1e;border-left-width:8px;padding:12px 18px;margin:.6em "
    "0;break-inside:avoid}"
    ".end .word{font-size:24px;font-weight:700;letter-spacing:.1em;margin-right:.6em}"
    ".end .note{font-weight:600}", /* findings */
    ".f{border:1px solid #8a8f94;border-left:6px solid #6b7075;padding:8px 14px;margin:0 0 10px;"
    "break-inside:avoid}"
    ".f h3{margin:.1em 0 .3em}.f .t{margin:.5em 0}"
    ".f dl{display:grid;grid-template-columns:5em 1fr;gap:2px 10px;margin:.4em 0;font-size:14.5px}"
    ".f dt{color:#444}.f dd{margin:0;overflow-wrap:anywhere}"
    ".deny,.not_met{border-left-color:#a8201a}.hold,.review{border-left-color:#6a3d9a}"
    ".doubt,.incomplete{border-left-color:#b36b00}.ask{border-left-color:#1f5fa8}"
    ".met{border-left-color:#2d6a3e}"
    ".tag{display:inline-block;border:1px solid #444;padding:0 .5em;margin-right:.5em;"
    "font-size:14px;font-weight:600;line-height:1.6}"
    /* states: words carry them, weight and shade only help */
    ".s-found,.s-none{font-weight:400}.s-not_asked,.s-not_answered,.s-partial,.s-stale,.s-invalid{"
    "font-weight:700}"
    ".quiet{color:#444}"
    /* signatures */
    ".sign{display:grid;grid-template-columns:1fr 1fr;gap:16px;margin-top:1.4em;"
    "break-inside:avoid}"
    ".sign p{margin:.9em 0}.line{display:inline-block;min-width:9em;border-bottom:1px solid "
    "#1a1c1e}"
    ".seal{border:1px dashed #777;min-height:42mm;display:flex;align-items:center;"
    "justify-content:center;color:#777;text-align:center}", /* the overview */
    ".wide{max-width:1180px}.counts{display:grid;grid-template-columns:repeat(auto-fit,minmax(9em,"
    "1fr));gap:12px;margin:.8em 0;padding:0;list-style:none}"
    ".counts li{border:1px solid #8a8f94;border-top-width:5px;padding:6px 12px}"
    ".counts b{display:block;font-size:25px;line-height:1.3}"
    ".counts .not_met{border-color:#a8201a}.counts .review{border-color:#6a3d9a}"
    ".counts .incomplete{border-color:#b36b00}.counts .met{border-color:#2d6a3e}"
    "nav{margin:1em 0}nav a,nav b{display:inline-block;margin-right:.9em}"
    /* narrow screens: the page stays as wide as the screen, a wide table moves in a box of its own
     */
    "@media screen and (max-width:700px){.frame{table-layout:fixed;margin:0 auto}"
    ".frame>tbody>tr>td,.frame>thead>tr>td{padding:0 14px}"
    ".running{flex-wrap:wrap;overflow-wrap:anywhere}h1{font-size:23px}"
    ".t{display:block;overflow-x:auto}.t th,.t td{padding:4px 6px;overflow-wrap:break-word}"
    ".t td:not([class]){min-width:7.5em}.t th:not(.n){min-width:4.4em}"
    ".pairs td:not([class]){min-width:5.5em}"
    ".end{padding:10px 12px}.f{padding:8px 10px}"
    ".f dl{grid-template-columns:3em minmax(0,1fr)}"
    ".sign{grid-template-columns:minmax(0,1fr)}.mark{font-size:18px}}"
    /* paper */
    "@page{size:A4;margin:13mm 15mm 15mm;@bottom-center{content:'第 ' counter(page) ' 页，共 ' "
    "counter(pages) ' 页';font-size:9pt}}"
    "@media print{body{background:none;font-size:10.5pt;line-height:1.55}"
    ".frame{max-width:none;margin:0;box-shadow:none;background:none}"
    ".frame>tbody>tr>td,.frame>thead>tr>td{padding-left:0;padding-right:0}"
    ".frame>tbody>tr:last-child>td{padding-bottom:0}"
    ".running{margin:0 0 4mm;font-size:9pt}"
    "h1{font-size:18pt}h2{font-size:13pt}h3{font-size:11pt}"
    ".t,.f dl{font-size:9.5pt}.t th,.t td{padding:2pt 5pt}.small,.tag{font-size:9pt}"
    ".end .word{font-size:16pt}"
    "*{print-color-adjust:exact;-webkit-print-color-adjust:exact}"
    "a{color:inherit;text-decoration:none}nav{display:none}}",
    NULL};
