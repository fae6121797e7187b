/** Starts the report: reads what the page holds, and draws the panels around it. */

import { render } from 'preact';
import type { ReportData } from '#page/data';
import { openPage } from '#page/page';
import '../components/theme.css';
import { App, type ReportAssets } from './app';
import './report.css';

/** A part of the page that is no script: text that nothing runs. */
function partOf(id: string): unknown {
  return JSON.parse(document.getElementById(id)?.textContent ?? 'null');
}

const root = document.getElementById('root');
const page = openPage(partOf('data') as ReportData);
if (root !== null) render(<App page={page} assets={partOf('panels') as ReportAssets} />, root);
