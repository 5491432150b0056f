// Where a thread stands in a grid that may be folded: WebGPU allows at most 65,535 workgroups on an
// axis, so `kernel()` spreads a longer row of workgroups over x and y.

// For kernels whose threads work alone.
struct Invocation {
    @builtin(workgroup_id) workgroup: vec3u,
    @builtin(num_workgroups) workgroups: vec3u,
    @builtin(local_invocation_index) local: u32,
}

// For kernels whose 64 threads meet at barriers: apart from `local`, so that compilers see that it is
// the same for all of them.
struct Workgroup {
    @builtin(workgroup_id) id: vec3u,
    @builtin(num_workgroups) count: vec3u,
}

// Place of a thread among all.
fn thread_index(invocation: Invocation) -> u32 {
    let row = invocation.workgroup.y * invocation.workgroups.x;
    return (row + invocation.workgroup.x) * 64u + invocation.local;
}

// Place of a workgroup among all.
fn workgroup_index(workgroup: Workgroup) -> u32 {
    return workgroup.id.y * workgroup.count.x + workgroup.id.x;
}
