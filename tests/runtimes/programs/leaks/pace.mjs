// SPDX-License-Identifier: Apache-2.0
import pace from "./pace.cjs";

const run = pace.pace;
export { run as pace };
