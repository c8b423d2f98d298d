# Variables of a parallel run, for both cases. What the caller has set stays: a big machine may want else.
# shellcheck shell=bash disable=SC2154 # variables of env/run

# parallel_variables MAJOR: the major version of Open MPI there, empty for another MPI
parallel_variables() {
    export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1} # ranks do the work in parallel
    # More ranks than cores are allowed, and none is bound to a core: two runs at a time would else
    # share the first cores. Each major version of Open MPI has its own names and warns of older ones.
    case $1 in
    "") ;;
    [1-4])
        export OMPI_MCA_rmaps_base_oversubscribe=${OMPI_MCA_rmaps_base_oversubscribe:-1}
        export OMPI_MCA_hwloc_base_binding_policy=${OMPI_MCA_hwloc_base_binding_policy:-none}
        ;;
    5)
        export PRTE_MCA_rmaps_default_mapping_policy=${PRTE_MCA_rmaps_default_mapping_policy:-:oversubscribe}
        export PRTE_MCA_hwloc_default_binding_policy=${PRTE_MCA_hwloc_default_binding_policy:-none}
        ;;
    *)
        export PRTE_MCA_mapby=${PRTE_MCA_mapby:-:oversubscribe}
        export PRTE_MCA_bindto=${PRTE_MCA_bindto:-none}
        ;;
    esac
    # Ranks that wait let others run: more of them than cores otherwise take minutes for seconds.
    if [[ -n $1 ]]; then export OMPI_MCA_mpi_yield_when_idle=${OMPI_MCA_mpi_yield_when_idle:-1}; fi
}
