/*!
 * Contains Apache ECharts (https://echarts.apache.org), Copyright 2017-2026 The Apache Software Foundation,
 * licensed under the Apache License, Version 2.0 (https://www.apache.org/licenses/LICENSE-2.0), and zrender,
 * Copyright (c) 2017, Baidu Inc., licensed under the BSD 3-Clause License (https://opensource.org/license/bsd-3-clause).
 */
