// What the report uses of echarts; the rest stays out of the bundle.
import * as echarts from 'echarts/core';
import { CustomChart, LineChart } from 'echarts/charts';
import { AriaComponent, AxisPointerComponent, DataZoomComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { CanvasRenderer } from 'echarts/renderers';

echarts.use([
  CustomChart, LineChart, AriaComponent, AxisPointerComponent, DataZoomComponent, GridComponent, LegendComponent, TooltipComponent,
  CanvasRenderer,
]);

export { echarts };
