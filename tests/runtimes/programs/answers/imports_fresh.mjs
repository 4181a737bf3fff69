// SPDX-License-Identifier: Apache-2.0
// A template is imported anew for each page, with a number behind its name (yext/pages#325).
// expect: held heap
const table = JSON.stringify(Array.from({ length: 400 }, (_, i) => ({ key: 'word ' + i, text: 'a text of some length ' + i })));
let n = 0;
setInterval(async () => { const page = await import('data:text/javascript,' + encodeURIComponent(`export const n = ${n++}; export const words = ${table};`)); page.words.length; }, 30);
