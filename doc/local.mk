# SPDX-License-Identifier: Apache-2.0
dist_man_MANS += %D%/weir.1 %D%/weir-attach.1 %D%/weir-collect.1 %D%/weir-encode.1 %D%/weir-growth.1 %D%/weir-holders.1 %D%/libweir.3
