/** Starts the topology panel. */

import { fromTopologyPanel, toTopologyPanel } from '#protocol/webview';
import { render } from 'preact';
import '../components/explanations.css';
import '../components/theme.css';
import '../components/time-line.css';
import { connect } from '../host';
import { App } from './app';
import { savedState } from './state';
import './side.css';
import './topology.css';
import './what-if.css';

const root = document.getElementById('root');
const host = connect({ incoming: toTopologyPanel, outgoing: fromTopologyPanel, state: savedState });
if (root !== null) render(<App host={host} />, root);
