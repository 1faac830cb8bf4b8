// @ts-check
/**
 * User settings of a hosted VS Code: a quiet workbench that shows the product and nothing else.
 *
 * Owns: the settings of editors that Treeline's own tools start. Refuses: to be applied to a person's VS Code, and to
 * set anything of Treeline's own (callers do, and say why).
 */
export const hostSettings = Object.freeze({
  // No page, tip or offer opens by itself: whatever moves on the screen is ours.
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'extensions.ignoreRecommendations': true,
  'window.restoreWindows': 'none',
  // Nothing is sent, fetched or tried out.
  'telemetry.telemetryLevel': 'off',
  'workbench.enableExperiments': false,
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'git.autofetch': false,
  'typescript.disableAutomaticTypeAcquisition': true,
  'npm.fetchOnlinePackageInfo': false,
  'json.schemaDownload.enable': false,
  // A sample below another repository must not drag that one in.
  'git.openRepositoryInParentFolders': 'never',
  // Settings, Workspace Trust and the like would open as modal overlays since 1.139: no tab, and keys go nowhere else.
  'workbench.editor.useModal': 'off',
  // Steady pictures and no animation to wait for.
  'workbench.reduceMotion': 'on',
  'editor.cursorBlinking': 'solid',
  'files.autoSave': 'off',
});
