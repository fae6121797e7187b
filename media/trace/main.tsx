/** Starts the trace panel. */

import { fromTracePanel, toTracePanel } from '#protocol/webview';
import { render } from 'preact';
import '../components/theme.css';
import '../components/inputs.css';
import { connect } from '../host';
import { App } from './app';
import { savedState } from './state';
import './trace.css';
import './rules.css';
import './actions.css';
import '../components/explanations.css';
import './explanations.css';
import './packets.css';
import './remedies.css';

const root = document.getElementById('root');
const host = connect({ incoming: toTracePanel, outgoing: fromTracePanel, state: savedState });
if (root !== null) render(<App host={host} />, root);
