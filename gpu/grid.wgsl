// The index of this invocation in a grid that may be folded: WebGPU allows at most 65,535 workgroups
// on an axis, so `kernel()` spreads a longer row of workgroups over x and y.
fn thread_index(workgroup: vec3u, workgroups: vec3u, local: u32, workgroup_size: u32) -> u32 {
    return (workgroup.y * workgroups.x + workgroup.x) * workgroup_size + local;
}

// The same for a whole workgroup.
fn workgroup_index(workgroup: vec3u, workgroups: vec3u) -> u32 {
    return workgroup.y * workgroups.x + workgroup.x;
}
