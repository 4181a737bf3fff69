/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tools/report.{html,css,js} as strings: scripts/embed writes the definitions when the command
 * is built.
 */
#ifndef TOOLS_REPORT_ASSETS_H
#define TOOLS_REPORT_ASSETS_H

extern const char report_asset_html[], report_asset_css[], report_asset_js[];

#endif
